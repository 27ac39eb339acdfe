"""Each button of the register's form, and each entry of the till, against what the register has then done."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ShtrihCase, ShtrihEmulator


@tagged("post_install", "-at_install")
class TestByHand(ShtrihCase):
    def press(self, button):
        with self.enter_registry_test_mode():
            return getattr(self.register, button)()["params"]

    def codes(self):
        """The codes of what the register has executed, the two-byte ones as FFxxh."""
        return [int.from_bytes(data[:2], "big") if data[0] == 0xFF else data[0] for data in self.tape.executed]

    def sold(self):
        bread = self.shop.products["bread"]
        order = self.sell([(bread, 2)], [(self.shop.cash, 200)])
        self.settle()
        self.assertEqual(order.fiscal_document_ids.state, "done", order.fiscal_document_ids.error_message)
        return order

    def test_test_connection(self):
        said = self.press("action_test_connection")
        self.assertEqual((said["type"], said["title"]), ("success", "Ready"))
        for words in ("ШТРИХ-М-01Ф 4239", "0000000001012345", "Format: 1.2", "Shift: closed"):
            self.assertIn(words, said["message"])

    def test_test_connection_finds_the_framing(self):
        self.emulator.device.framing = 2
        self.assertEqual(self.press("action_test_connection")["type"], "success")
        self.assertEqual(self.register.shtrih_framing, "2")

    def test_test_connection_where_nobody_is(self):
        self.register.shtrih_address = "127.0.0.1:9"
        said = self.press("action_test_connection")
        self.assertEqual(said["type"], "danger")
        self.assertIn("cannot be opened", said["title"])
        self.assertEqual(self.register.shtrih_framing, "1")

    def test_slip(self):
        self.press("action_shtrih_slip")
        self.assertEqual(self.tape.tape, ["Odoo reaches this register", self.register.name, "QR"])
        self.assertEqual(self.tape.documents, [])

    def test_drawer(self):
        self.press("action_shtrih_drawer")
        self.assertEqual(self.tape.drawer, 1)

    def test_copy_of_the_last_receipt(self):
        with self.assertRaisesRegex(UserError, "no receipt to be printed again"):
            self.press("action_shtrih_copy")
        self.sold()
        printed = self.tape.printed
        self.press("action_shtrih_copy")
        self.assertEqual((self.tape.printed, len(self.receipts())), (printed + 1, 1))

    def test_continue_printing(self):
        self.operation("shift_open")
        self.settle()
        self.tape.paper_runs_out = True
        self.sold()
        self.tape.paper_in()
        self.press("action_shtrih_continue")
        self.assertEqual((self.tape.submode, len(self.receipts())), (0, 1))

    def test_clock(self):
        self.press("action_shtrih_clock")
        self.assertEqual(self.codes(), [0x21])

    def test_open_x_and_z(self):
        for button, documents, code in (
            ("action_open_shift", [2], 0xE0),
            ("action_x_report", [2], 0x40),
            ("action_close_shift", [2, 5], 0x41),
        ):
            getattr(self.register, button)()
            self.settle()
            self.assertEqual([document.type for document in self.tape.documents], documents, button)
            self.assertIn(code, self.codes())
        self.assertEqual(set(self.register.document_ids.mapped("state")), {"done"})

    def test_cash_in_and_out(self):
        self.operation("shift_open")
        for operation, total, cash in (("cash_in", 500, 50000), ("cash_out", 200.5, 29950)):
            document = self.operation(operation, total)
            self.settle()
            self.assertEqual((document.state, self.tape.cash), ("done", cash), document.error_message)
        refused = self.operation("cash_out", 1000)
        self.settle()
        self.assertEqual(refused.state, "rejected")
        self.assertIn("not enough cash", refused.error_message)
        self.assertEqual(self.tape.cash, 29950)

    def test_open_receipt_of_another_is_cancelled(self):
        """A receipt that somebody left open on the register goes nowhere; ours is registered once."""
        self.operation("shift_open")
        self.settle()
        self.tape.command(bytes.fromhex("8D 1E 00 00 00 00"))
        self.assertEqual(self.tape.mode, 8)
        self.sold()
        self.assertIn(0x88, self.codes())
        self.assertEqual(len(self.receipts()), 1)

    def test_not_while_it_works(self):
        self.patch(self.env.registry["fiscal.register"], "_lock_lane", lambda register: False)
        for button in ("action_test_connection", "action_shtrih_slip", "action_shtrih_drawer", "action_shtrih_copy"):
            with self.assertRaisesRegex(UserError, "at work"):
                self.press(button)
        self.assertEqual(self.tape.executed, [])

    def test_not_on_another_provider(self):
        self.register.provider = "demo"
        with self.assertRaises(AccessError):
            self.press("action_shtrih_drawer")

    def test_over_a_pseudo_terminal(self):
        self.over(ShtrihEmulator(pty=True))
        self.press("action_shtrih_slip")
        self.assertEqual(self.tape.tape[-1], "QR")

    def test_no_paper(self):
        self.tape.take_paper()
        with self.assertRaisesRegex(UserError, "no paper"):
            self.press("action_shtrih_slip")
