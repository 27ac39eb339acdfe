"""What the tests of every addon share: a shop, its till from the server's side, and a service that can fail."""

from contextlib import contextmanager
from unittest.mock import patch
from uuid import uuid4

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tests.common import _super_send
from odoo.tools.safe_eval import safe_eval

from ..const import NEEDS_SHIFT
from ..demo.shop import make_shop
from ..tools.capabilities import Capabilities
from ..tools.outcome import FiscalData, Outcome, RegisterStatus


class OnThisMachine:
    """Lets requests to emulated services pass. Odoo's tests do so too, but cannot read a pair of timeouts."""

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        if r.url.startswith("http://127.0.0.1:"):
            return _super_send(s, r, **kw)
        return super()._request_handler(s, r, **kw)


class Service:
    """A service as a provider sees it: what it was sent, what it registered, and how the next calls go wrong.

    `plan` holds an outcome for each of the next calls; a callable gets the key. With an empty plan it does its work.
    """

    def __init__(self):
        self.sent = []
        self.asked = []
        self.registered = {}
        self.plan = []
        self.capabilities = {}

    def data(self, key):
        return FiscalData(number=str(list(self.registered).index(key) + 1), shift_number=1, sign="1", qr=f"q={key}")

    def submit(self, key, request):
        self.sent.append((key, request))
        if self.plan:
            step = self.plan.pop(0)
            outcome = step(self, key) if callable(step) else step
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome
        self.registered.setdefault(key, request)
        return Outcome.done(self.data(key))

    def lookup(self, key):
        self.asked.append(key)
        if self.plan:
            step = self.plan.pop(0)
            outcome = step(self, key) if callable(step) else step
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome
        return Outcome.done(self.data(key)) if key in self.registered else Outcome.not_sent("never seen", 0)


def executed_but_lost(service, key):
    """The service has done it, the answer is lost on the way."""
    service.registered.setdefault(key, None)
    return Outcome.unknown("the answer was lost", 0)


@tagged("post_install", "-at_install")
class FiscalCase(OnThisMachine, TransactionCase):
    """A Russian shop with one till on the demo provider, whose service the tests play themselves."""

    country = "RU"
    tills = 1

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("point_of_sale.group_pos_manager")
        cls.env.user.group_ids += cls.env.ref("account.group_account_manager")
        cls.shop = make_shop(cls.env, cls.country, cls.tills)
        cls.env = cls.shop.env
        cls.company, cls.register, cls.config = cls.shop.company, cls.shop.register, cls.shop.config
        cls.cashier = cls.shop.employees[0]
        cls.env.user.employee_ids.filtered(lambda employee: employee.company_id == cls.company).unlink()
        cls.cashier.user_id = cls.env.user

    def setUp(self):
        super().setUp()
        self.service = Service()
        Register = self.env.registry["fiscal.register"]
        own = Register._demo_capabilities

        def capabilities(register):
            known = vars(own(register)) | {"opens_shift": frozenset(NEEDS_SHIFT)} | self.service.capabilities
            return Capabilities(**known)

        for name, function in {
            "_demo_capabilities": capabilities,
            "_demo_submit": lambda register, document, request: self.service.submit(document.key, request),
            "_demo_lookup": lambda register, document, request: self.service.lookup(document.key),
            "_demo_status": lambda register: RegisterStatus(ready=True, name="Service"),
        }.items():
            patcher = patch.object(Register, name, function)
            patcher.start()
            self.addCleanup(patcher.stop)

    @contextmanager
    def assertRaisesRegex(self, expected_exception, expected_regex):
        """As Odoo's `assertRaises`: what was refused is rolled back. Odoo leaves this one as Python has it."""
        with super().assertRaisesRegex(expected_exception, expected_regex) as caught, self.env.cr.savepoint():
            yield caught

    # === The till, from the server's side ===

    def open_session(self, config=None):
        config = config or self.config
        config.open_ui()
        session = config.current_session_id
        session.set_opening_control(0, "")
        return session

    def order_data(self, lines, payments, session=None, uuid=None, **vals):
        """What a till sends for an order.

        :param lines: `(product, quantity)` or `(product, quantity, {values of the line})`
        :param payments: `(payment method, amount)`; change is computed
        """
        session = session or self.config.current_session_id or self.open_session()
        commands, total, taxes = [], 0.0, 0.0
        for product, qty, *rest in lines:
            extra = dict(rest[0]) if rest else {}
            price = extra.pop("price_unit", product.lst_price)
            discount = extra.get("discount", 0)
            computed = product.taxes_id.compute_all(price * (1 - discount / 100), self.company.currency_id, qty)
            commands.append(
                fields.Command.create(
                    {
                        "product_id": product.id,
                        "qty": qty,
                        "price_unit": price,
                        "price_subtotal": computed["total_excluded"],
                        "price_subtotal_incl": computed["total_included"],
                        "tax_ids": [fields.Command.set(product.taxes_id.ids)],
                        "full_product_name": product.display_name,
                        "uuid": str(uuid4()),
                        **extra,
                    }
                )
            )
            total += computed["total_included"]
            taxes += computed["total_included"] - computed["total_excluded"]
        total = self.company.currency_id.round(total)
        paid = sum(amount for __, amount in payments)
        change = self.company.currency_id.round(paid - vals.pop("to_pay", total))
        return {
            "uuid": uuid or str(uuid4()),
            "session_id": session.id,
            "company_id": self.company.id,
            "date_order": fields.Datetime.to_string(fields.Datetime.now()),
            "user_id": self.env.uid,
            "employee_id": False,
            "partner_id": False,
            "lines": commands,
            "payment_ids": [
                fields.Command.create({"payment_method_id": method.id, "amount": amount, "uuid": str(uuid4())})
                for method, amount in payments
            ],
            "amount_total": total,
            "amount_tax": self.company.currency_id.round(taxes),
            "amount_paid": paid,
            "amount_return": -change if change else 0.0,
            "to_invoice": False,
            "state": "paid",
            "pricelist_id": False,
            "fiscal_position_id": False,
            "last_order_preparation_change": "{}",
            "sequence_number": 1,
            "access_token": str(uuid4()),
            **vals,
        }

    def sell(self, lines, payments, **vals):
        """Sync one order as a till does and return it. Nothing has been sent yet."""
        data = self.order_data(lines, payments, **vals)
        self.env["pos.order"].sync_from_ui([data])
        return self.env["pos.order"].search([("uuid", "=", data["uuid"])])

    def refund_lines(self, order):
        return [
            (
                line.product_id,
                -line.qty,
                {"refunded_orderline_id": line.id, "price_unit": line.price_unit, "discount": line.discount},
            )
            for line in order.lines
        ]

    # === The card of a register ===

    def buttons(self, user):
        """Names of the methods behind the buttons that `user` is shown on the register's card now."""
        register = self.register.with_user(user)
        form = etree.fromstring(register.get_view(view_type="form")["arch"])
        shown = [node.get("name") for node in form.iter("field") if not node.xpath("ancestor::field")]
        (values,) = register.read(shown)

        def hidden(node):
            return safe_eval(node.get("invisible") or "False", {**values, "context": {}, "uid": user.id})

        return [
            button.get("name")
            for button in form.xpath("//button[@type='object'][not(ancestor::field)]")
            if not any(map(hidden, [button, *button.iterancestors()]))
        ]

    def press_buttons(self):
        """Each button of the register's card as a cashier, an accountant and an administrator, who are let in wherever
        they are shown one.

        :returns: for each of these groups the buttons that were pressed
        """
        pressed = {}
        for group in ("cashier", "accountant", "manager"):
            login = f"presses_as_{group}"
            user = self.env["res.users"].search([("login", "=", login)]) or new_test_user(
                self.env,
                login,
                f"fiscal_base.group_fiscal_{group}",
                {"no_reset_password": True},
                company_id=self.company.id,
                company_ids=[fields.Command.set(self.company.ids)],
            )
            pressed[group] = set(self.buttons(user))
            for name in sorted(pressed[group]):
                with self.subTest(group=group, button=name), self.enter_registry_test_mode():
                    try:
                        action = getattr(self.register.with_user(user).with_company(self.company), name)()
                    except AccessError as error:
                        self.fail(f"{group} is shown {name}, and not let in: {error}")
                    except UserError:
                        continue  # says what is wrong with the register
                    if action["type"] == "ir.actions.client" and action["tag"] == "fiscal_relay_status":
                        self.assertIn("call", self.register.with_user(user).relay_status([]))
                    if action["type"] == "ir.actions.client" and action["tag"] == "fiscal_relay":
                        self.assertIn("left", self.register.with_user(user).relay())
        return pressed

    # === The lane ===

    def drain(self, register=None, order_uuids=None, seconds=5):
        """Run the lane as a worker does. Its three commits are save points of the test."""
        with self.enter_registry_test_mode():
            (register or self.register)._run_lane(seconds, order_uuids)
        self.env.invalidate_all()

    def due(self, *documents):
        """Let every pause be over, and nothing be under way any more."""
        self.env.cr.execute("UPDATE fiscal_register SET retry_at = NULL WHERE company_id = %s", [self.company.id])
        self.env.cr.execute("UPDATE fiscal_document SET retry_at = NULL WHERE company_id = %s", [self.company.id])
        self.env.cr.execute(
            """
            UPDATE fiscal_attempt SET started_at = started_at - interval '1 hour', uptime = NULL WHERE company_id = %s
            """,
            [self.company.id],
        )
        self.env.invalidate_all()

    @contextmanager
    def on_service(self, **capabilities):
        self.service.capabilities = capabilities
        self.env.invalidate_all()
        yield self.service
