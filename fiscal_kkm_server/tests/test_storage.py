"""KKM Server has forgotten a command: documents of others in the fiscal storage are never taken for ours."""

import json
from datetime import datetime, timedelta

from odoo.tests import tagged

from .common import KkmServerCase


@tagged("post_install", "-at_install")
class TestStorage(KkmServerCase):
    def setUp(self):
        super().setUp()
        self.register.tz = "UTC"
        self.device = self.emulator.registers[0]
        self.device.clock = lambda: datetime.utcnow().replace(microsecond=0)
        self.sale()
        self.drain()

    def sale(self, product="bread"):
        product = self.shop.products[product]
        return self.sell([(product, 1)], [(self.shop.card, product.lst_price)]).fiscal_document_ids

    def stranger(self, minutes=0, **fields):
        """Another program prints a receipt of the same sum."""
        now = self.device.clock
        body = json.loads(self.printed_bodies()[-1])
        body["IdCommand"] = f"stranger-{len(self.device.printed)}"
        (line,) = (item["Register"] for item in body["CheckStrings"] if "Register" in item)
        line.update(fields)
        self.device.clock = lambda: now() - timedelta(minutes=minutes)
        self.device.register_check(self.emulator.kkm.read(json.dumps(body).encode()))
        self.device.clock = now
        return self.device.printed[-1]

    def printed_bodies(self):
        documents = self.register.document_ids.filtered("pos_order_id").sorted("id")
        return [document.request["body"] for document in documents if document.request]

    def lost_before_it_was_executed(self):
        """A sale that never reached KKM Server, which was restarted: it knows nothing."""
        self.emulator.fault("reset_before", "RegisterCheck")
        document = self.sale()
        self.drain()
        self.assertEqual(document.state, "unknown")
        self.emulator.restart()
        return document

    def settle_all(self):
        for __ in range(3):
            self.settle()

    def test_a_stranger_of_ninety_minutes_ago(self):
        self.stranger(minutes=90)
        document = self.lost_before_it_was_executed()
        self.settle_all()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertEqual(document.fiscal_number, str(self.device.document))
        self.assertEqual(len(self.printed("sale")), 3, "ours, the stranger's, and ours of today")

    def test_a_clock_that_is_not_told_leaves_it_to_a_person(self):
        self.stranger(minutes=90)
        document = self.lost_before_it_was_executed()
        info = self.device.info
        self.device.info = lambda: {name: value for name, value in info().items() if name != "DateTimeKKT"}
        self.settle()
        self.assertEqual((document.state, document.error_code), ("unknown", "compare"))

    def test_another_register_of_odoo_has_it(self):
        """Two registers of Odoo stand for one device: a document of one is never taken for one of the other."""
        other = self.register.copy(
            {
                "name": "The same",
                "provider": "kkm_server",
                "kkm_server_url": self.register.kkm_server_url,
                "kkm_server_serial_number": self.register.kkm_server_serial_number,
                "state": "enabled",
            }
        )
        document = self.lost_before_it_was_executed()
        theirs = self.stranger()
        twin = self.register.document_ids.filtered(lambda each: each.state == "done")[:1]
        twin._engine().write({"register_id": other.id, "fiscal_number": str(theirs.number), "fiscal_sign": theirs.sign})
        self.settle_all()
        self.assertEqual(document.state, "done", document.error_message)
        self.assertNotEqual(document.fiscal_number, str(theirs.number))

    def test_other_goods_of_the_same_sum(self):
        document = self.lost_before_it_was_executed()
        theirs = self.stranger(Name="Услуга парковки")
        self.settle()
        self.assertEqual((document.state, document.error_code), ("unknown", "compare"))
        for words in ("Услуга парковки", f"№ {theirs.number}", document.line_ids.name):
            self.assertIn(words, document.error_message)

    def test_without_lines(self):
        document = self.lost_before_it_was_executed()
        self.stranger()
        self.without_lines()
        self.settle()
        self.assertEqual((document.state, document.error_code), ("unknown", "compare"))

    def without_lines(self):
        tell = self.device.data_check

        def told(*args):
            answer = tell(*args)
            answer["RegisterCheck"].pop("Register", None)
            return answer

        self.device.data_check = told

    def test_the_number_of_the_order_proves_it(self):
        self.register.kkm_server_attribute = "Заказ"
        self.without_lines()
        self.emulator.fault("restart", "RegisterCheck")
        document = self.sale()
        self.drain()
        self.settle()
        self.assertEqual(document.state, "done", document.error_message)

    def test_shift_of_what_was_found(self):
        self.emulator.fault("restart", "RegisterCheck")
        document = self.sale()
        self.drain()
        self.settle()
        self.assertEqual((document.state, document.shift_number), ("done", 1), document.error_message)
        self.assertEqual(document.shift_id, self.register.shift_id)

    def test_shift_of_what_was_found_after_another_was_opened(self):
        self.emulator.fault("restart", "RegisterCheck")
        document = self.sale()
        self.drain()
        command = {"CashierName": "Иванов"}
        self.device.close_shift(command)
        self.device.open_shift(command)
        self.settle()
        self.assertEqual((document.state, document.shift_number), ("done", 1), document.error_message)

    def test_number_that_the_health_check_told(self):
        """The first document of a new register is lost: earlier documents of others are ignored."""
        for __ in range(30):
            self.stranger(minutes=1)
        self.register.last_number = False
        self.register._status()
        self.assertEqual(self.register.status_data["last_number"], self.device.document)
        document = self.lost_before_it_was_executed()
        self.settle_all()
        self.assertEqual(document.state, "done", document.error_message)

    def test_restored_database_whose_register_was_asked_how_it_is(self):
        """What the health check tells then counts the very receipts that Odoo has to find."""
        known = self.register.last_number
        document = self.sale()
        self.drain()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE fiscal_document SET state = 'queued', fiscal_number = NULL, request = NULL WHERE id = %s",
            [document.id],
        )
        self.env.cr.execute("DELETE FROM fiscal_attempt WHERE document_id = %s", [document.id])
        self.env.invalidate_all()
        self.register.write({"run_marker": "the server before", "last_number": known})
        self.emulator.restart()
        self.register._status()
        self.drain()
        self.register._status()
        self.settle_all()
        self.assertEqual((document.state, document.fiscal_number), ("done", str(self.device.document)))
        self.assertEqual(len(self.printed("sale")), 2)

    # === Without a trace in the storage ===

    def test_cash_in_whose_answer_is_lost(self):
        """The cash that the register counts tells whether it was put in."""
        for kind, executed in (("restart", True), ("reset_before", False)):
            with self.subTest(kind):
                self.emulator.fault(kind, "DepositingCash")
                before = self.device.cash
                document = self.operation("cash_in", 100)
                self.drain()
                self.emulator.restart()
                self.settle_all()
                self.assertEqual(document.state, "done", document.error_message)
                self.assertEqual(self.device.cash, before + 100)
                self.assertEqual("not_sent" not in document.attempt_ids.mapped("outcome"), executed)

    def test_an_answer_without_status(self):
        answer_to = self.emulator.kkm.answer_to

        def told(*args):
            answer = answer_to(*args)
            return {name: value for name, value in answer.items() if name not in ("Status", "Error") or value}

        self.emulator.kkm.answer_to = told
        self.emulator.kkm.work = lambda entry, command, fault: self.work_without_status(entry, command, fault)
        for operation, total in (("cash_in", 100), ("cash_out", 50), ("x_report", 0)):
            document = self.operation(operation, total)
            self.drain()
            self.assertEqual(document.state, "done", f"{operation}: {document.error_message}")

    def work_without_status(self, entry, command, fault):
        fields, status, error = self.emulator.kkm._execute(entry, command, fault)
        entry.result = self.emulator.kkm.answer_to(command, fields, status, error)
        entry.status = 0
        entry.finished.set()

    def test_an_exception_is_no_refusal(self):
        text = "Object reference not set to an instance of an object."
        self.emulator.fault("device_error", "RegisterCheck", text=text)
        document = self.sale()
        self.drain()
        self.assertEqual((document.state, document.error_code), ("unknown", "program"))
        self.settle_all()
        self.assertEqual(document.state, "done", document.error_message)

    def test_an_exception_that_stays_is_for_a_person(self):
        self.emulator.fault("device_error", "RegisterCheck", times=-1, text="Индекс находился вне границ массива.")
        document = self.sale()
        for __ in range(8):
            self.settle()
        self.assertEqual((document.state, document.error_code), ("unknown", "program"))
