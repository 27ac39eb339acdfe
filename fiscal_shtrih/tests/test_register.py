"""From the sale in Odoo to the fiscal storage and back, over a socket and over a pseudo-terminal."""

import contextlib
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import new_test_user, tagged

from ..transport import Session
from .common import Register, ShtrihCase, ShtrihEmulator


@tagged("post_install", "-at_install")
class TestShtrih(ShtrihCase):
    def test_law_is_that_of_the_service(self):
        self.company.account_fiscal_country_id = self.env.ref("base.de")
        self.assertEqual(self.register._law_country(), "RU")

    def sale(self, **vals):
        bread, apples = self.shop.products["bread"], self.shop.products["apples"]
        order = self.sell([(bread, 2), (apples, 0.5)], [(self.shop.cash, 200)], **vals)
        return order, order.fiscal_document_ids

    def test_sale_and_return(self):
        order, document = self.sale()
        self.assertEqual(self.tape.executed, [], "nothing is sent in the transaction of the sale")
        self.settle()
        self.assertEqual(document.state, "done", document.error_message)
        (sold,) = self.receipts()
        self.assertEqual((sold.operation, sold.total, sold.change), (1, 19895, 105))
        self.assertEqual([line.vat for line in sold.lines], [0x02, 0x02])
        self.assertEqual(sold.tags[1203], self.cashier.fiscal_tax_number.encode())
        self.assertEqual((document.fiscal_number, document.fiscal_sign), (str(sold.number), str(sold.sign)))
        self.assertEqual((document.shift_number, document.receipt_number), (1, 1))
        self.assertIn("&s=198.95&fn=9999078902001234&", document.qr_data)
        self.sell(self.refund_lines(order), [(self.shop.cash, -order.amount_total)])
        self.settle()
        self.assertEqual([receipt.operation for receipt in self.receipts()], [1, 2])
        self.assertEqual(self.tape.cash, 0)

    def corrected(self, document, **vals):
        """The correction that an accountant makes of `document`, after the lane."""
        draft = self.env["fiscal.document"].browse(document.action_correct()["res_id"])
        draft.write({"correction_kind": "1", "correction_number": "К-11", "correction_reason": "без кассы", **vals})
        draft.action_post()
        self.settle()
        return draft

    def test_correction_and_its_reversal(self):
        """FFD 1.2: with lines, in four operations; the number and the sign of the wrong receipt go with it."""
        __, document = self.sale()
        self.settle()
        draft = self.corrected(document)
        self.assertEqual(draft.state, "done", draft.error_message)
        correction = self.receipts()[-1]
        self.assertEqual((correction.type, correction.operation, correction.total), (31, 1, 19895))
        self.assertEqual(correction.tags[1173], b"\x01")
        self.assertEqual(correction.tags[1179].decode("cp866"), "К-11")
        self.assertEqual(correction.tags[1192].decode(), document.fiscal_sign)
        self.assertEqual([line.vat for line in correction.lines], [0x02, 0x02])
        self.assertEqual(draft.fiscal_number, str(correction.number))
        self.assertEqual(self.tape.cash, 2 * 19895)

    def test_correction_in_ffd_105(self):
        """FF4Ah: sums by rate in place of lines, as the register stores them."""
        self.over(ShtrihEmulator(Register(version=2)))
        __, document = self.sale()
        self.settle()
        draft = self.corrected(document)
        self.assertEqual(draft.state, "done", draft.error_message)
        correction = self.receipts()[-1]
        self.assertEqual((correction.type, correction.operation, correction.total), (31, 1, 19895))
        self.assertEqual(correction.tags[1177].decode("cp866"), "без кассы")
        self.assertEqual(correction.payments, (19895, 0, 0, 0, 0))

    def test_answer_to_a_correction_lost(self):
        self.lose_the_answer_to_a_correction(4, "_ff45")

    def test_answer_to_a_correction_in_ffd_105_lost(self):
        self.lose_the_answer_to_a_correction(2, "_ff4a")

    def lose_the_answer_to_a_correction(self, version, command):
        """The line is cut when the correction has been registered: it is found, not made again."""
        self.over(ShtrihEmulator(Register(version=version)))
        __, document = self.sale()
        self.settle()
        register = getattr(self.tape, command)

        def cut(body):
            self.emulator.cut_after = 0
            return register(body)

        setattr(self.tape, command, cut)
        draft = self.env["fiscal.document"].browse(document.action_correct()["res_id"])
        draft.write({"correction_kind": "0", "correction_reason": "без кассы"})
        draft.action_post()
        self.drain()
        self.assertEqual(draft.attempt_ids[-1:].outcome, "unknown", draft.error_message)
        setattr(self.tape, command, register)
        self.settle()
        self.assertEqual(draft.state, "done", draft.error_message)
        self.assertEqual(draft.fiscal_number, str(self.receipts()[-1].number))
        self.assertEqual(len(self.receipts()), 2)

    def test_over_a_pseudo_terminal(self):
        for framing in ("1", "2"):
            self.register.shift_id = False
            self.over(ShtrihEmulator(pty=True), shtrih_framing=framing)
            __, document = self.sale()
            self.settle()
            self.assertEqual(document.state, "done", (framing, document.error_message))
            self.assertEqual(len(self.receipts()), 1)

    def test_connection_by_a_cashier(self):
        """The exchange protocol that the register answers in is found and kept, whoever asks."""
        self.emulator.device.framing = 2
        clerk = new_test_user(
            self.env,
            "clerk",
            "fiscal_base.group_fiscal_cashier",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.enter_registry_test_mode():
            action = self.register.with_user(clerk).action_test_connection()
        self.assertEqual(action["params"]["type"], "success", action["params"])
        self.assertEqual(self.register.shtrih_framing, "2")

    def test_buttons_of_the_card(self):
        pressed = self.press_buttons()
        self.assertIn("action_test_connection", pressed["cashier"])
        self.assertIn("action_shtrih_slip", pressed["manager"])

    def test_shift_cash_and_reports(self):
        for operation, total in (
            ("shift_open", 0),
            ("cash_in", 1000.50),
            ("cash_out", 0.50),
            ("x_report", 0),
            ("shift_close", 0),
        ):
            document = self.operation(operation, total)
            self.settle()
            self.assertEqual(document.state, "done", (operation, document.error_message))
        self.assertEqual([document.type for document in self.tape.documents], [2, 5])

    def test_answer_lost(self):
        """The line is cut when the receipt has been registered: it is asked for, and found."""
        self.operation("shift_open")
        self.settle()
        __, document = self.sale()
        close = self.tape._ff45

        def cut(body):
            self.emulator.cut_after = 0
            return close(body)

        self.tape._ff45 = cut
        self.drain()
        self.assertEqual(document.attempt_ids[-1:].outcome, "unknown", document.error_message)
        self.tape._ff45 = close
        self.settle()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual(document.fiscal_number, str(self.receipts()[0].number))
        self.assertEqual(len(self.receipts()), 1)

    def test_paper(self):
        self.operation("shift_open")
        self.settle()
        self.tape.take_paper()
        __, document = self.sale()
        self.settle()
        self.assertEqual((document.state, self.register.health), ("queued", "problem"))
        self.assertIn("has no paper", self.register.health_message)
        self.tape.paper_in()
        self.settle()
        self.assertEqual((document.state, len(self.receipts())), ("done", 1))

    def test_one_port_one_register(self):
        other = self.register.copy()
        with self.assertRaisesRegex(ValidationError, "on the port"):
            other.write({"provider": "shtrih", "shtrih_address": f"socket://{self.emulator.address}"})
        with self.assertRaisesRegex(ValidationError, "is no port"):
            other.write({"provider": "shtrih", "shtrih_address": "http://127.0.0.1:7778"})

    def test_status(self):
        status = self.register._status()
        self.assertTrue(status.ready, status.problem)
        self.assertEqual(status.register_number, "0000000001012345")
        self.emulator.register.password = 29
        self.assertIn("password", self.register._status().problem)

    def test_switched_off(self):
        self.register.shtrih_address = "127.0.0.1:9"
        __, document = self.sale()
        self.settle()
        self.assertEqual((document.state, self.register.health), ("queued", "offline"))
        self.assertIn("cannot be opened", self.register.health_message)

    def test_neutralized(self):
        self.assertTrue(any("shtrih_address" in query for query in get_neutralization_queries(["fiscal_shtrih"])))
        self.env.cr.execute((Path(__file__).parents[1] / "data" / "neutralize.sql").read_text())
        self.env.invalidate_all()
        self.assertFalse(self.register.shtrih_address)

    def test_worker_dies_within_a_receipt(self):
        """Before a line, before the receipt is closed, and when the storage has it: each is registered once."""
        self.operation("shift_open")
        self.settle()
        for death in (Dies(0xFF46), Dies(0xFF45), Dies(0xFF45, answered=True)):
            __, document = self.sale()
            with patch.object(Session, "_exchange", death.exchange), contextlib.suppress(Death):
                self.drain()
            self.env.invalidate_all()
            self.assertEqual(document.state, "sending", death)
            self.settle()  # it is asked about,
            self.settle()  # and sent again where the storage does not have it
            self.assertEqual(document.state, "done", document.error_message)
        documents = self.register.document_ids.filtered(lambda document: document.operation == "sale")
        self.assertEqual(
            sorted(documents.mapped("fiscal_number")), [str(receipt.number) for receipt in self.receipts()]
        )
        self.assertEqual(len(self.receipts()), 3)


class Death(BaseException):
    """As SIGKILL: nothing catches it, so nothing is written any more."""


class Dies:
    """A worker that dies before it sends the command of this code, or when the register has executed it."""

    def __init__(self, code, answered=False):
        self.code, self.answered = code, answered

    @property
    def exchange(self):
        own = Session._exchange

        def exchange(session, command):
            if command.code != self.code:
                return own(session, command)
            if self.answered:
                own(session, command)
            raise Death

        return exchange
