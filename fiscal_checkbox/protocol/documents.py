"""Builds the frozen request from a `Receipt` (§3, §4, §6). Sums are in kopecks, quantities in thousandths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from ...fiscal_base.tools.goods_code import uktzed
from ...fiscal_base.tools.money import minor
from ...fiscal_base.tools.receipt import Line, Payment, Receipt
from ...fiscal_base.tools.text import one_line, shorten
from .. import const
from .calls import Call, encode


@dataclass(frozen=True)
class Form:
    """The name of a means of payment on the receipt (order 601, §4.1).

    :param code: 1 to 9, separates cashless forms in the service's reports
    """

    label: str
    code: int = 1


@dataclass(frozen=True)
class Settings:
    """The settings of a register that affect its receipts.

    :param forms: form by kind of payment and name of the means; "" is the default of the kind
    :param rounding_mode: a key of `const.ROUNDING`, "" if cash is not rounded
    :param print_reference: the number of the order is printed as a bar code
    :param zone: name of the register's time zone
    """

    forms: Mapping[tuple[str, str], Form] = field(default_factory=dict)
    rounding_mode: str = ""
    header: str = ""
    footer: str = ""
    print_reference: bool = False
    zone: str = "Europe/Kyiv"

    def form(self, payment: Payment) -> Form | None:
        """The form of `payment`, None if it has none."""
        for key in ((payment.kind, payment.label), (payment.kind, "")):
            if key in self.forms:
                return self.forms[key]
        default = const.DEFAULT_FORMS.get(payment.kind)
        return Form(*default) if default else None


@dataclass(frozen=True)
class Circumstances:
    """What a request depends on besides the receipt and the settings.

    :param shift: `{"id", "serial"}` of the open shift as far as Odoo knows it
    :param register: the service's own id of the register, "" where it is not known yet
    :param printed_cashier: name printed instead of that of the account (§4.1 `cashier_name`)
    :param test: whether it is a test register
    :param related: id of the sale that is returned, "" if it is not at this service
    :param related_at: when that was registered, ISO 8601 with its zone
    :param relation: id of the prepayment chain that a sale continues, or that is returned (§4.4)
    """

    shift: Mapping = field(default_factory=dict)
    register: str = ""
    test: bool = False
    printed_cashier: str = ""
    related: str = ""
    related_at: str = ""
    relation: str = ""


def build(receipt: Receipt, settings: Settings, around: Circumstances = Circumstances()) -> dict:
    """The frozen request: plain JSON values; `body` is the exact text that is sent, in every repeat too."""
    path, body = _request(receipt, settings, around)
    return {
        "operation": receipt.operation,
        "key": receipt.key,
        "path": path,
        "body": "" if body is None else encode(body),
        "shift": dict(around.shift),
        "register": around.register,
        "test": around.test,
        "zone": settings.zone,
        "relation": around.relation,
        "totals": sorted({minor(receipt.total), minor(receipt.total - receipt.rounding)})
        if path == const.PATHS["sale"] or (around.relation and receipt.operation == "sale_return")
        else [],
    }


def returns_chain(request: Mapping) -> bool:
    """Whether a frozen request returns a whole prepayment chain: the only request without an id."""
    return request["operation"] == "sale_return" and bool(request.get("relation"))


def call(request: Mapping) -> Call:
    """The call of a frozen request."""
    return Call("POST", request["path"], request["body"])


def _request(receipt: Receipt, settings: Settings, around: Circumstances) -> tuple[str, dict | None]:
    path = const.PATHS[receipt.operation]
    match receipt.operation:
        case "sale" if around.relation:
            return f"/prepayment-receipts/{around.relation}", _next_payment(receipt, settings, around)
        case "sale_return" if around.relation:
            return f"/prepayment-receipts/{around.relation}/return", _chain_return(receipt, around)
        case "sale" if receipt.paid("credit"):
            return "/prepayment-receipts", _first_payment(receipt, settings, around)
        case "sale" | "sale_return":
            return path, _sell(receipt, settings, around)
        case "cash_in" | "cash_out":
            return path, _service(receipt, settings)
        case "shift_open":
            return path, {"id": receipt.key}
        case "shift_close":
            # only that another program may have opened it: the service makes the Z report itself (§3.3)
            return path, {"skip_client_name_check": True}
    return path, None


# === Receipts (§4.1) ===


def _sell(receipt: Receipt, settings: Settings, around: Circumstances, without: str = "") -> dict:
    back = receipt.operation == "sale_return"
    return _present(
        {
            "id": receipt.key,
            **_head(receipt, settings, around),
            "goods": [_good(line, back) for line in receipt.lines],
            "discounts": _rounding_discount(receipt, settings),
            "payments": payments(receipt, settings, without),
            "rounding_mode": rounding_mode(receipt, settings),
            "barcode": one_line(receipt.reference) if settings.print_reference else "",
            "related_receipt_id": around.related if back else "",
            "related_receipt_created_at": around.related_at if back and around.related else "",
            "context": _present({"odoo_key": receipt.key, "odoo_reference": one_line(receipt.reference)}),
        }
    )


def _head(receipt: Receipt, settings: Settings, around: Circumstances) -> dict:
    return {
        "cashier_name": shorten(around.printed_cashier, 128),
        "delivery": _delivery(receipt),
        "header": settings.header.strip(),
        "footer": settings.footer.strip(),
    }


def _good(line: Line, back: bool) -> dict:
    price, discount = priced(line)
    good = {
        "code": shorten(line.product_code or line.barcode or line.name, const.CODE_LENGTH),
        "name": one_line(line.name),
        "price": price,
        "tax": [] if line.tax_code in ("", const.NO_TAX) else [int(line.tax_code)],
        "uktzed": uktzed(line.goods_code) or line.goods_code.strip(),
        "barcode": line.barcode.strip(),
        **_stamps(line),
    }
    discounts = [{"type": "DISCOUNT", "mode": "VALUE", "value": discount, "name": "Знижка"}] if discount else []
    return _present(
        {
            "good": _present(good),
            "quantity": thousandths(line.quantity),
            "is_return": True if back else None,
            "discounts": discounts,
        }
    )


def thousandths(quantity: Decimal) -> int:
    """Quantity in thousandths: 1 piece is 1000 (§4.1)."""
    return int(quantity * 1000)


def priced(line: Line) -> tuple[int, int]:
    """Price and discount of a line in kopecks for which the service computes exactly the amount of the line.

    The service multiplies price and quantity and rounds; how it rounds half a kopeck is not documented (§4.1). So a
    price that gives a half, or is too low for the amount, is raised by a kopeck, and the discount takes the difference
    (§4.5 a).
    """
    count, amount = thousandths(line.quantity), minor(line.amount)
    price = max(minor(line.price), -(-amount * 1000 // count), 1)
    if price * count % 1000 == 500:
        price += 1
    return price, (price * count + 500) // 1000 - amount


def _stamps(line: Line) -> dict:
    """Excise stamps, paper and electronic (§4.1)."""
    stamps = [*line.excise_stamps, *([line.marking_code] if line.marking_code else [])]
    paper = [stamp for stamp in stamps if const.EXCISE_STAMP.fullmatch(stamp)]
    return {
        "excise_barcodes": paper,
        "e_excise_barcodes": [stamp for stamp in stamps if stamp not in paper],
    }


def _delivery(receipt: Receipt) -> dict:
    """The addresses that the service sends the receipt to, only with the customer's consent."""
    return _present(
        {
            "emails": [receipt.customer.email.strip()] if "email" in receipt.deliver and receipt.customer.email else [],
            "phone": phone(receipt.customer.phone) if "sms" in receipt.deliver else "",
        }
    )


def phone(number: str) -> str:
    """`number` as 380XXXXXXXXX (§4.1), "" if it is not a Ukrainian number."""
    digits = "".join(character for character in number if character.isdigit())
    if len(digits) == 10 and digits.startswith("0"):
        digits = f"38{digits}"
    return digits if const.PHONE.fullmatch(digits) else ""


# === Payments (§4.1) ===


def payments(receipt: Receipt, settings: Settings, without: str = "") -> list[dict]:
    """The payments as handed over; cash may exceed the total, the service computes the change."""
    return [_payment(payment, settings) for payment in receipt.payments if payment.amount and payment.kind != without]


def _payment(payment: Payment, settings: Settings) -> dict:
    form = settings.form(payment)
    if payment.kind == "cash":
        return {"type": "CASH", "value": minor(payment.amount), "label": form.label}
    card = {
        name: one_line(str(payment.extra.get(ours) or ""))[:limit] for ours, (name, limit) in const.CARD_FIELDS.items()
    }
    return _present(
        {"type": "CASHLESS", "value": minor(payment.amount), "code": form.code, "label": form.label, **card}
    )


# === Rounding of cash (§11) ===


def rounded(kopecks: int, mode: str) -> int:
    """`kopecks` rounded half up to the step of `mode`."""
    step = Decimal(const.ROUNDING[mode])
    return int((kopecks / step).quantize(Decimal(1), ROUND_HALF_UP) * step)


def rounding_mode(receipt: Receipt, settings: Settings) -> str:
    """The mode in which the service rounds exactly as Odoo did, "" if it must not round.

    The service rounds only receipts paid entirely in cash; how it rounds mixed payments is not known (§11).
    """
    mode = settings.rounding_mode
    if not receipt.rounding or not mode or any(payment.kind != "cash" for payment in receipt.payments):
        return ""
    total = minor(receipt.total)
    return mode if rounded(minor(receipt.total - receipt.rounding), mode) == total else ""


def _rounding_discount(receipt: Receipt, settings: Settings) -> list[dict]:
    """Rounding that the service does not do, as a discount or surcharge on the whole receipt."""
    if not receipt.rounding or rounding_mode(receipt, settings):
        return []
    kind = "DISCOUNT" if receipt.rounding < 0 else "EXTRA_CHARGE"
    return [{"type": kind, "mode": "VALUE", "value": minor(abs(receipt.rounding)), "name": "Заокруглення"}]


# === Prepayment (§4.4) ===


def _first_payment(receipt: Receipt, settings: Settings, around: Circumstances) -> dict:
    """The goods of the whole order with the part that is paid. The chain gets the key of its first receipt as id."""
    return {**_sell(receipt, settings, around, without="credit"), "custom_relation_id": receipt.key}


def _next_payment(receipt: Receipt, settings: Settings, around: Circumstances) -> dict:
    """A further payment; the service has the goods already."""
    return _present(
        {
            "id": receipt.key,
            **_head(receipt, settings, around),
            "payments": payments(receipt, settings),
        }
    )


def _chain_return(receipt: Receipt, around: Circumstances) -> dict:
    """The return of all payments of the chain; the service has goods and payments. The call has no field for an id."""
    return _present({"cashier_name": shorten(around.printed_cashier, 128), "delivery": _delivery(receipt)})


# === Cash (§4.3) ===


def _service(receipt: Receipt, settings: Settings) -> dict:
    """Cash in or out; the amount is negative for cash out."""
    value = minor(receipt.total) * (1 if receipt.operation == "cash_in" else -1)
    form = settings.form(Payment("cash", receipt.total))
    return _present(
        {
            "id": receipt.key,
            "payment": {"type": "CASH", "value": value, "label": form.label},
            "context": _present({"odoo_key": receipt.key, "odoo_reference": one_line(receipt.reference)}),
        }
    )


def _present(fields: dict) -> dict:
    """`fields` without the empty ones."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}
