"""The main tasks in a real browser, with an emulated Vchasno.Kasa; its tape is compared with the orders."""

import re
from decimal import Decimal

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import ChromeBrowser

from odoo.addons.fiscal_base.tests.test_tours import FiscalTourCase

from tests.emulators.vchasno_dm import DeviceManagerEmulator

from .common import TOKEN, Register, VchasnoEmulator


@tagged("post_install", "-at_install", "fiscal_browser")
class TestVchasnoTours(FiscalTourCase):
    country = "UA"

    def in_the_cloud(self):
        emulator = VchasnoEmulator(registers=[Register(token=TOKEN)]).start()
        self.addCleanup(emulator.stop)
        self.register.write(
            {"provider": "vchasno", "vchasno_mode": "cloud", "vchasno_url": emulator.url, "vchasno_token": TOKEN}
        )
        return emulator

    def in_device_manager(self, mode):
        emulator = DeviceManagerEmulator().start()
        self.addCleanup(emulator.stop)
        self.register.write(
            {
                "provider": "vchasno",
                "vchasno_mode": mode,
                "vchasno_dm_url": emulator.url,
                "vchasno_device": emulator.registers[0].device,
            }
        )
        return emulator

    def round_cash(self, step):
        accounts = self.env["account.account"].search(
            [("company_ids", "in", self.company.ids), ("account_type", "=", "income")], limit=1
        )
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": f"Готівка {step}",
                "rounding": step,
                "rounding_method": "HALF-UP",
                "strategy": "add_invoice_line",
                "profit_account_id": accounts.id,
                "loss_account_id": accounts.id,
            }
        )
        self.config.write({"cash_rounding": True, "only_round_cash_method": True, "rounding_method": rounding.id})

    def test_sale_with_rounding_and_change(self):
        emulator = self.in_the_cloud()
        self.round_cash(0.5)
        self.tour("fiscal_vchasno_rounding_and_change")
        (sale,) = [printed for printed in emulator.documents if printed.task == 1]
        self.assertEqual((sale.total, sale.rounding), (Decimal("222.50"), Decimal("0.10")))
        self.assertEqual([(pay["sum"], pay["change"]) for pay in sale.pays], [(Decimal("222.50"), Decimal("77.50"))])
        (document,) = self.documents().filtered("pos_order_id")
        self.assertEqual((document.fiscal_number, document.total, document.rounding), (sale.number, 222.5, 0.1))
        self.assertEqual(emulator.oddities, [])

    def test_sale_through_the_cashiers_browser(self):
        emulator = self.in_device_manager("dm_browser")
        self.tour("fiscal_vchasno_in_the_browser")
        self.assertEqual([printed.task for printed in emulator.documents], [0, 1])
        (document,) = self.documents().filtered("pos_order_id")
        self.assertEqual(document.fiscal_number, emulator.documents[1].number)

    def test_card_on_the_terminal_of_device_manager(self):
        """Declined once, paid, refunded; the fiscal receipts have the bank's data."""
        emulator = self.in_device_manager("dm_browser")
        self.shop.card.write(
            {
                "payment_method_type": "terminal",
                "use_payment_terminal": "vchasno",
                "vchasno_terminal": emulator.terminals[0].name,
                "vchasno_terminal_url": emulator.url,
            }
        )
        emulator.fault("no_funds", "pay")
        self.tour("fiscal_vchasno_terminal")
        terminal = emulator.terminals[0]
        self.assertEqual(
            [(each.task, each.amount) for each in terminal.transactions],
            [(1, Decimal("189.90")), (2, Decimal("189.90"))],
        )
        self.assertEqual(terminal.money, 0)
        sale, back = (printed for printed in emulator.documents if printed.task in (1, 2))
        (paid,), (returned,) = sale.pays, back.pays
        self.assertEqual(
            {name: paid[name] for name in ("type", "cardmask", "paysys", "rrn", "auth_code", "term_id", "bank_id")},
            {
                "type": 2,
                "cardmask": "5168********1234",
                "paysys": "MASTERCARD",
                "rrn": terminal.transactions[0].rrn,
                "auth_code": "100001",
                "term_id": terminal.terminal_id,
                "bank_id": "ПриватБанк",
            },
        )
        self.assertEqual((paid["oper_type"], returned["oper_type"]), ("Оплата", "Повернення"))
        self.assertEqual(returned["rrn"], terminal.transactions[1].rrn)
        self.assertEqual(emulator.oddities, [])

    def let_names_of_this_computer_through(self):
        """Odoo's tests answer for every host but 127.0.0.1; the till calls the terminal by names below `localhost`."""
        paused = ChromeBrowser._handle_request_paused

        def handle(browser, **params):
            if re.match(r"http://[0-9a-f]{12}\.localhost:", params["request"]["url"]):
                browser._websocket_send("Fetch.continueRequest", params={"requestId": params["requestId"]})
            else:
                paused(browser, **params)

        self.patch(ChromeBrowser, "_handle_request_paused", handle)

    def sends_again(self, json_only=False):
        """Sale, card payment and return, each of which meets a connection that ends after it was carried out and before
        a byte of the answer; the browser then sends the request again by itself.
        """
        emulator = self.in_device_manager("dm_browser")
        self.shop.card.write(
            {
                "payment_method_type": "terminal",
                "use_payment_terminal": "vchasno",
                "vchasno_terminal": emulator.terminals[0].name,
                "vchasno_terminal_url": emulator.url,
            }
        )
        emulator.fault("no_funds", "pay")
        for name in ("pay", "refund", "sale", "return"):
            emulator.fault("reused", name)
        emulator.json_only = json_only
        self.let_names_of_this_computer_through()
        self.tour("fiscal_vchasno_terminal")
        self.assertEqual(emulator.terminals[0].money, 0)
        self.assertEqual([printed.task for printed in emulator.documents if printed.task in (1, 2)], [1, 2])
        self.assertEqual(set(self.documents().mapped("state")), {"done"})
        met = {"pay", "refund", "sale", "return"} - {fault["command"] for fault in emulator.faults.listed()}
        return emulator.terminals[0].transactions, met

    def test_a_browser_that_sends_again_by_itself(self):
        """An operation of the terminal gets a new connection, on which nothing is repeated."""
        transactions, met = self.sends_again()
        self.assertEqual([each.task for each in transactions], [1, 2], "charged once, given back once")
        self.assertEqual(met, {"sale", "return"})

    def test_a_browser_that_sends_again_where_no_connection_can_be_had_for_it(self):
        """The second charge is found by the stored result, and reversed."""
        transactions, met = self.sends_again(json_only=True)
        self.assertEqual(
            [(each.task, each.cancelled) for each in transactions], [(1, False), (1, True), (3, False), (2, False)]
        )
        self.assertEqual(met, {"pay", "refund", "sale", "return"})

    def test_invoice_paid_and_the_missing_phone_asked_for(self):
        """An accountant pays an invoice; the receipt is mailed and, once the phone is known, sent by Viber."""
        emulator = self.in_the_cloud()
        self.register.write({"shift_policy": "first", "send_email": True, "send_sms": True})
        self.shop.card.journal_id.fiscal_register_id = self.register
        self.shop.customer.write({"phone": False, "fiscal_agree_email": True})
        self.user.group_ids = [Command.set([self.env.ref("account.group_account_invoice").id])]
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.shop.customer.id,
                "invoice_line_ids": [Command.create({"product_id": self.shop.products["coffee"].id, "quantity": 1})],
            }
        )
        move.action_post()
        self.start_tour(
            f"/odoo/action-account.action_move_out_invoice_type/{move.id}",
            "fiscal_vchasno_invoice_without_a_phone",
            login="fiscal_cashier",
            timeout=120,
        )
        document = move.fiscal_document_ids
        (sale,) = [printed for printed in emulator.documents if printed.task == 1]
        self.assertEqual((document.state, document.fiscal_number), ("done", sale.number))
        self.assertEqual(
            emulator.sent, [("email", "iryna@example.com", sale.number), ("viber", "+380671234567", sale.number)]
        )
