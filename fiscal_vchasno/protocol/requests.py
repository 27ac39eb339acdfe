"""Builds the exact JSON text of a task from a `Receipt` (§1 to §3, §8)."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import quote, urlencode

from ...fiscal_base.tools import transport
from ...fiscal_base.tools.exact_json import encode
from ...fiscal_base.tools.goods_code import dkpp, uktzed
from ...fiscal_base.tools.money import CENT, ZERO, money, quantity, spread
from ...fiscal_base.tools.receipt import Line, Payment, Receipt
from ...fiscal_base.tools.text import one_line, shorten
from .. import const

#: `source`: name of this client in the logs of the service (§1.2)
SOURCE = "ODOO"
#: version of Device Manager's schema (§8.3)
VERSION = 6

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
#: a Ukrainian number as people write it: 380…, 80… or 0…
_PHONE = re.compile(r"(?:38|8)?0(\d{9})")
#: characters that users type → similar or equivalent ones that the service accepts
_ALIKE = str.maketrans(
    {
        **{"ʼ": "'", "`": "'", "´": "'", "ʹ": "'", "‐": "-", "\u2011": "-", "−": "-", "…": "...", "⁄": "/", "∕": "/"},
        **{"₴": "грн", "€": "EUR", "£": "GBP", "×": "x", "✕": "x", "÷": "/", "·": ".", "•": "*", "µ": "мк", "μ": "мк"},
        **{"Ł": "L", "ł": "l", "Ø": "O", "ø": "o", "Đ": "D", "đ": "d", "Ð": "D", "ð": "d", "ı": "i", "ß": "ss"},
        **{"Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Þ": "Th", "þ": "th", "Ў": "У", "ў": "у", "Ә": "Э", "ә": "э"},
        **{"α": "a", "β": "b", "γ": "g", "δ": "d", "λ": "l", "π": "pi", "Ω": "Ohm", "ω": "w", "\u2126": "Ohm"},
    }
)


@dataclass(frozen=True)
class Settings:
    """The settings of a register that affect its documents.

    :param device: name of the register in Device Manager; "" for the cloud, which knows it by the token (§8.3)
    :param subtasks: prepayment and its settlement as subtasks 1 and 2 (§2.10), attested by one client only; else
        they are sales with the pay type of a prepayment
    :param purchase: (fiscal number of the purchase, of its register) for a return (§2.3); empty texts are left out
    """

    device: str = ""
    subtasks: bool = False
    purchase: tuple[str, str] = ("", "")


#: a register in the cloud with default settings
CLOUD = Settings()


@dataclass(frozen=True)
class Access:
    """How a request reaches the register.

    :param way: `cloud`, `dm` (Device Manager itself) or `proxy` (Device Manager by way of the service, §8.7)
    :param url: of the service for `cloud` and `proxy`, else of Device Manager
    :param token: of the register for `cloud`, of the proxy for `proxy`
    :param printer: name of Device Manager's printer; None if nothing is printed (§8.2)
    """

    way: str
    url: str
    token: str = ""
    printer: str | None = None


def freeze(task: dict, since: str = "") -> dict:
    """The request that is stored with the document before anything is sent; plain JSON values.

    `body` is the text that is sent, so no number passes through a float on its way into the database and back, and a
    repeat is identical byte for byte (§3.6).

    :param since: local date and time of the business event, ISO 8601, so that a look-up knows which shifts to search
    """
    return {"body": encode(task), "since": since}


def thaw(request: dict) -> dict:
    """The task of a frozen request, amounts as Decimal."""
    return json.loads(request["body"], parse_float=Decimal)


def clean(text: str | None) -> str:
    """`text` with only the characters that the service accepts (§1.4): others are replaced or removed."""
    kept = ""
    for character in one_line((text or "").translate(_ALIKE)):
        if _taken(character):
            kept += character
            continue
        parts = unicodedata.normalize("NFKD", character).translate(_ALIKE)
        plain = "".join(part for part in parts if _taken(part)) or " "
        if plain[0].isdigit() and kept[-1:].isdigit():
            plain = f" {plain}"  # 1½ is 1 1/2, not 11/2
        kept += plain
    return one_line(kept)


def _taken(character: str) -> bool:
    if character in const.CYRILLIC or character in const.SIGNS or character == " ":
        return True
    return character.isascii() and character.isalnum()


# === HTTP (§1.1, §8.2, §8.7) ===


def http(request: dict, access: Access) -> transport.Request:
    """The HTTP request that carries a frozen task."""
    base = _base(access.url)
    if access.way == "cloud":
        return transport.Request(
            "POST",
            f"{base}/api/v3/fiscal/execute",
            body=request["body"],
            headers=_headers(access),
            read_timeout=const.CLOUD_TIMEOUT,
        )
    path = "/dm/execute" if access.printer is None else "/dm/execute-prn"
    if access.printer:
        path += "?" + urlencode({"dev_id": access.printer})
    return dm_http(path, request["body"], access, const.DM_TIMEOUT)


def dm_http(path: str, body: str, access: Access, seconds: float) -> transport.Request:
    """A request to Device Manager, by way of the service if it is reached through the proxy (§8.7)."""
    base = _base(access.url)
    if access.way == "proxy":
        body = f'{{"method":"POST","url":{json.dumps(path)},"body":{body}}}'
        return transport.Request(
            "POST", f"{base}/ws/ap/dm-proxy", body=body, headers=_headers(access), read_timeout=seconds + 10
        )
    return transport.Request("POST", base + path, body=body, headers=_headers(access), read_timeout=seconds)


def ask(path: str, access: Access) -> transport.Request:
    """A question to the cloud (§1.5)."""
    return transport.Request("GET", _base(access.url) + path, headers=_headers(access))


def receipt_view(number: str, access: Access) -> transport.Request:
    """The fiscalised receipt as JSON (§7.3)."""
    return ask(f"/c/{quote(number, safe='')}.json", access)


def notification(number: str, channel: str, address: str, access: Access) -> transport.Request:
    """Send the link of a receipt again (§7.2). The body is built here as JSON, so nothing has to be escaped by hand."""
    body = encode({"recipient": recipient(channel, address), "channel": channel, "check": number})
    return transport.Request(
        "POST", f"{_base(access.url)}/api/v3/notifications/checks", body=body, headers=_headers(access)
    )


def _base(url: str) -> str:
    return url.strip().rstrip("/")


def _headers(access: Access) -> dict:
    headers = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json"}
    if access.way == "cloud":
        headers["Authorization"] = access.token
    elif access.way == "proxy":
        headers["X-AP-DM-PROXY-TOKEN"] = access.token
    return headers


# === Documents ===


def build(receipt: Receipt, settings: Settings = CLOUD) -> dict:
    """The task for `receipt`, for any operation.

    :raises KeyError: for an operation or payment that `checks.problems` reports
    """
    fiscal = {"task": const.TASKS[receipt.operation], **_cashier(receipt)}
    root = {}
    if receipt.operation in ("sale", "sale_return"):
        subtask = _subtask(receipt) if settings.subtasks else None
        if subtask == const.ADVANCE:
            fiscal |= {"subtask": subtask, "receipt": _advance(receipt)}
        elif subtask == const.SETTLEMENT:
            root["post_payment_of_check_fn"] = receipt.original.number
            fiscal |= {"subtask": subtask, "receipt": _settlement(receipt)}
        else:
            fiscal["receipt"] = _receipt(receipt, settings)
    elif receipt.operation == "zero":
        fiscal["receipt"] = {"sum": ZERO, "rows": [], "pays": []}
    elif receipt.operation in ("cash_in", "cash_out"):
        fiscal["cash"] = _present({"type": const.CASH, "sum": money(receipt.total), "comment_up": _remark(receipt)})
    elif receipt.operation == "cash_withdrawal":
        fiscal["cash"] = _withdrawal(receipt)
    return {**_head(settings), "tag": receipt.key, **_userinfo(receipt), **root, "fiscal": fiscal}


def question(settings: Settings = CLOUD, task: int = const.STATUS_TASK) -> dict:
    """A task that registers nothing: the status of the register (§2.7)."""
    return {**_head(settings), "fiscal": {"task": task}}


def by_tag(task: dict) -> dict:
    """Ask Device Manager for the outcome of `task` (§2.8)."""
    return {name: task[name] for name in ("ver", "source", "device", "tag")} | {"type": 0}


# === Parts ===


def _present(fields: dict) -> dict:
    """`fields` without the empty ones; zero and false stay."""
    return {name: value for name, value in fields.items() if value is not None and value != "" and value != []}


def _head(settings: Settings) -> dict:
    if not settings.device:
        return {"source": SOURCE}
    return {"ver": VERSION, "source": SOURCE, "device": settings.device, "type": 1}


def _cashier(receipt: Receipt) -> dict:
    """The cashier as printed; who signs depends on the key in the cabinet (§3.1)."""
    return _present({"cashier": shorten(clean(receipt.cashier.name), const.NAME_LENGTH)})


def _userinfo(receipt: Receipt) -> dict:
    """The addresses that the service sends the receipt to, so only with the customer's consent (§7.1)."""
    info = {}
    if "email" in receipt.deliver:
        info["email"] = recipient("email", receipt.customer.email)
    if receipt.deliver & {"sms", "viber"}:
        info["phone"] = recipient("sms", receipt.customer.phone)
    info = _present(info)
    return {"userinfo": info} if info else {}


def recipient(channel: str, address: str) -> str:
    """`address` as the service accepts it: an e-mail address, or +380 and nine digits (§1.2); "" if it is neither."""
    if channel == "email":
        return address.strip() if _EMAIL.fullmatch(address.strip()) else ""
    phone = _PHONE.fullmatch(re.sub(r"\D", "", address))
    return f"+380{phone[1]}" if phone else ""


def _remark(receipt: Receipt) -> str:
    return clean(receipt.comment)


def _receipt(receipt: Receipt, settings: Settings) -> dict:
    """The receipt (§3.2). `sum` is the sum of the rows; `round` is Odoo's rounding of the total (§3.5)."""
    rows = [_row(line) for line in receipt.lines if line.amount]
    fields = {
        "sum": money(receipt.total - receipt.rounding),
        "round": money(receipt.rounding) if receipt.rounding else None,
        "comment_up": clean(receipt.reference),
        "comment_down": _remark(receipt),
    }
    if receipt.operation == "sale_return":
        fields["purchase_receipt_fisn"], fields["purchase_rro_fisn"] = settings.purchase
    return {**_present(fields), "rows": rows, "pays": pays(receipt)}


def _row(line: Line) -> dict:
    """A row (§3.3). `cost` is sent if the rounding of cnt × price is ambiguous. The discount is `cost` − amount; a
    surcharge is a negative discount.
    """
    count, price = quantity(line.quantity), money(line.price)
    cost = money(count * price)
    discount = cost - line.amount
    services = dkpp(line.goods_code)
    return _present(
        {
            "code": clean(line.product_code),
            "code1": clean(line.barcode),
            "code2": "" if services else uktzed(line.goods_code) or clean(line.goods_code),
            "code3": services,
            **_stamps(line),
            "name": _name(line),
            "cnt": count,
            "price": price,
            "cost": cost if cost != count * price else None,
            "disc": discount or None,
            "taxgrp": int(line.tax_code),
            "comment": clean(line.extra.get("comment", "")),
        }
    )


def _name(line: Line) -> str:
    """The part of the name that the service can print; else the code, else a word for any product, since what is
    paid must be registered.
    """
    names = (clean(text) for text in (line.name, line.product_code, line.barcode))
    return shorten(next(filter(_says_something, names), const.NAMELESS), const.NAME_LENGTH)


def _says_something(name: str) -> bool:
    return any(character.isalnum() for character in name)


def _stamps(line: Line) -> dict:
    """Excise stamps: a single one has its own field (§3.3). A code that was scanned at the till counts as one."""
    stamps = [stamp for stamp in (*line.excise_stamps, line.marking_code) if clean(stamp)]
    stamps = [clean(stamp) for stamp in dict.fromkeys(stamps)]
    if len(stamps) > 1:
        return {"code_aa": stamps}
    return {"code_a": stamps[0]} if stamps else {}


def pays(receipt: Receipt) -> list[dict]:
    """The pays (§3.4). `sum` counts toward the receipt; `sum` + `change` was received. A pay of 0 is left out."""
    result, change = [], receipt.change
    for payment in receipt.payments:
        given = money(payment.amount)
        back = min(change, given) if payment.kind == "cash" else ZERO
        change -= back
        if given == back:
            continue
        fields = {"type": pay_type(payment), "sum": given - back, "change": back or None}
        result.append(_present({**fields, **_card(payment, receipt.operation)}))
    return result


def pay_type(payment: Payment) -> int:
    """The pay type: that of the payment method, else that of the kind (§3.4).

    :raises KeyError: if there is neither
    """
    return int(payment.code) if payment.code else const.PAY_TYPES[payment.kind]


def _card(payment: Payment, operation: str) -> dict:
    """Data of the means of payment (ЕПЗ) on the receipt of a card payment (§3.4, §11)."""
    extra = payment.extra
    card = {
        "paysys": clean(extra.get("card_system")),
        "rrn": clean(extra.get("rrn")),
        "cardmask": clean(extra.get("card_mask")),
        "term_id": clean(extra.get("terminal_id")),
        "bank_id": clean(extra.get("acquirer")),
        "auth_code": clean(extra.get("auth_code")),
    }
    if payment.kind == "cash" or not any(card.values()):
        return {}
    return {**card, "oper_type": const.OPERATION_NAMES.get(operation)}


def _withdrawal(receipt: Receipt) -> dict:
    """Cash handed out against a card (§2.5)."""
    payment = receipt.payments[0] if receipt.payments else Payment("electronic", receipt.total)
    card = {name: value for name, value in _card(payment, receipt.operation).items() if name != "oper_type"}
    code = pay_type(payment)
    return _present({"type": code or const.CARD, "sum": money(receipt.total), **card, "comment_up": _remark(receipt)})


# === Prepayment (§2.10) ===


def _subtask(receipt: Receipt) -> int | None:
    if receipt.operation != "sale" or not receipt.lines:
        return None
    if all(line.method_sign in (1, 2, 3) for line in receipt.lines):
        return const.ADVANCE
    prepaid = receipt.paid("prepayment")
    left = sum((line.amount - CENT for line in receipt.lines if line.amount), ZERO)
    if receipt.original and receipt.original.number and 0 < prepaid <= left:
        return const.SETTLEMENT
    return None


def _advance(receipt: Receipt) -> dict:
    """A prepayment: one row for each tax group, and the goods in `rows_pre_payment`."""
    groups = {}
    for line in receipt.lines:
        groups[line.tax_code] = groups.get(line.tax_code, ZERO) + line.amount
    return {
        "sum": money(receipt.total - receipt.rounding),
        "round": money(receipt.rounding),
        "rows": [
            {"name": "Передплата", "cnt": Decimal(0), "price": amount, "disc": ZERO, "taxgrp": int(group)}
            for group, amount in groups.items()
        ],
        "rows_pre_payment": [{"cost": money(line.quantity * line.price), **_row(line)} for line in receipt.lines],
        "pays": pays(receipt),
    }


def _settlement(receipt: Receipt) -> dict:
    """The goods less the prepayment; at least 0.01 remains on each row."""
    lines = [line for line in receipt.lines if line.amount]
    prepaid = receipt.paid("prepayment")
    most = [line.amount - CENT for line in lines]
    rows = []
    for line, limit, left in zip(lines, most, spread(most, -prepaid), strict=True):
        row = _row(line)
        cost = row.get("cost", money(row["cnt"] * row["price"]))
        rows.append({**row, "cost": cost, "disc": row.get("disc", ZERO) + limit - left, "disc_apply_type": 1})
    rest = tuple(payment for payment in receipt.payments if payment.kind != "prepayment")
    return _present(
        {
            "sum": money(receipt.total - receipt.rounding - prepaid),
            "round": money(receipt.rounding) if receipt.rounding else None,
            "rows": rows,
            "pays": pays(replace(receipt, payments=rest)),
        }
    )
