"""From the sale in Odoo to the tape of the register and back, over a real line."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from odoo.addons.fiscal_base.tools.outcome import Outcome

from .. import const, protocol, texts
from .common import SECRET, SHOP, KomtetCase

ADDON = Path(__file__).resolve().parents[1]


@tagged("post_install", "-at_install")
class TestKomtet(KomtetCase):
    def test_law_is_that_of_the_service(self):
        self.company.account_fiscal_country_id = self.env.ref("base.de")
        self.assertEqual(self.register._law_country(), "RU")

    # === What comes out of the register ===

    def test_sale(self):
        document = self.sale()
        self.assertEqual(self.emulator.requests, [], "no network in the transaction of the sale")
        self.drain()
        self.assertEqual(document.state, "waiting", document.error_message)
        self.assertEqual(document.pos_order_id.fiscal_receipts[0]["state"], "waiting")
        self.emulator.print_all()
        self.settle()
        self.assertRegistered(document)
        (printed,) = self.emulator.documents
        self.assertEqual(printed.intent, "sell")
        self.assertEqual(printed.payments, {"cash": Decimal("198.95")})
        self.assertEqual([line["total"] for line in printed.lines], [Decimal("124.00"), Decimal("74.95")])
        self.assertEqual([line["vat"] for line in printed.lines], ["10", "10"])
        self.assertEqual([line["measure"] for line in printed.lines], [0, 11])
        self.assertEqual(printed.splits, 0)
        self.assertEqual(printed.task["cashier"], {"name": self.cashier.name, "inn": self.cashier.fiscal_tax_number})
        self.assertEqual(
            printed.task["company"], {"inn": "7707083893", "sno": 0, "payment_address": "Магазин «Ромашка»"}
        )
        self.assertEqual(printed.task["timezone"], 2)
        self.assertEqual(document.qr_data.partition("&")[2].partition("&")[0], "s=198.95")
        self.assertEqual((document.shift_number, document.receipt_number), (1, 1))
        self.assertEqual(document.register_number, self.emulator.till.registration)
        self.assertEqual(document.service_data, {"task": 1001})
        self.assertTrue(document.is_test, "a storage for tests")
        local = self.register._local(document.registered_at)
        self.assertEqual(f"{local:%Y%m%dT%H%M}", printed.fiscal["t"])
        self.assertTrue(document.receipt_url.startswith(f"{self.emulator.url}/receipt/"))

    def test_payment_agent(self):
        """Goods of somebody else, whose money the shop moves: from the product to the tape (FFD tags 1222 to 1224)."""
        supplier, receiver = self.env["res.partner"].create(
            [
                {"name": "ООО «Поставщик»", "vat": "7736050003", "phone": "+79990000000"},
                {"name": "Приём", "phone": "+7 495 000-00-01"},
            ]
        )
        coffee = self.shop.products["coffee"]
        coffee.write({"fiscal_agent": "2", "fiscal_supplier_id": supplier.id})
        self.company.phone = "8 (495) 000-00-00"
        sold = [(coffee, 1)], [(self.shop.card, 489.90)]
        document = self.sell(*sold).fiscal_document_ids
        self.assertEqual(document.state, "rejected")
        self.assertIn("is sold by an agent who moves money", document.error_message)
        coffee.fiscal_payment_operator_id = receiver
        document = self.sell(*sold).fiscal_document_ids
        self.drain()
        self.emulator.print_all()
        self.settle()
        self.assertRegistered(document)
        (line,) = self.emulator.documents[0].lines
        self.assertEqual(
            line["agent_info"],
            {
                "type": "payment_agent",
                "paying_agent": {"phones": ["+74950000000"]},
                "receive_payments_operator": {"phones": ["+74950000001"]},
            },
        )
        self.assertEqual(line["supplier_info"]["inn"], "7736050003")

    def test_return(self):
        document = self.sale()
        self.drain()
        self.emulator.print_all()
        self.settle()
        self.sell(self.refund_lines(document.pos_order_id), [(self.shop.cash, -198.95)])
        self.drain()
        self.emulator.print_all()
        self.settle()
        self.assertEqual([printed.intent for printed in self.emulator.documents], ["sell", "sellReturn"])
        self.assertEqual(self.emulator.till.cash, Decimal("0.00"))

    def test_card_and_cash(self):
        document = self.sale([(self.shop.card, 100), (self.shop.cash, 100)])
        self.drain()
        self.emulator.print_all()
        self.settle()
        self.assertRegistered(document)
        self.assertEqual(self.emulator.documents[0].payments, {"card": Decimal("100.00"), "cash": Decimal("98.95")})

    def test_correction_in_both_formats(self):
        document = self.sale()
        self.drain()
        self.emulator.print_all()
        self.settle()
        for ffd, sign in (("1.2", document.fiscal_sign), ("1.05", None)):
            self.register.komtet_ffd = self.emulator.till.ffd = ffd
            action = document.action_correct()
            draft = self.env["fiscal.document"].browse(action["res_id"])
            draft.write({"correction_kind": "1", "correction_number": "К-11", "correction_reason": "без кассы"})
            draft.action_post()
            self.drain()
            self.emulator.print_all()
            self.settle()
            self.assertEqual(draft.state, "done", draft.error_message)
            task = self.emulator.documents[-1].task
            self.assertEqual((task["intent"], task.get("additional_check_props")), ("sellCorrection", sign))
            self.assertEqual(task["correction_info"]["base_number"], "К-11")
        self.assertNotIn("correction_sale_return", self.register._capabilities().operations)

    def test_operation_made_by_hand(self):
        draft = self.draft(customer_email="olga@example.com")
        draft.action_post()
        self.drain()
        self.emulator.print_all()
        self.settle()
        self.assertRegistered(draft)
        self.assertEqual([str(line["total"]) for line in self.emulator.documents[0].lines], ["66.66", "33.34"])

    def draft(self, **vals):
        code = self.env["fiscal.tax.code"].search([("vocabulary", "=", "ru"), ("code", "=", "vat22")])
        return self.env["fiscal.document"].create(
            {
                "operation": "sale",
                "register_id": self.register.id,
                "employee_id": self.cashier.id,
                "line_ids": [
                    Command.create(
                        {
                            **{"name": "Чайник", "quantity": 3, "price": 33.33, "amount": 100},
                            **{"tax_code_id": code.id, "tax_code": "vat22", "tax_name": code.name, "tax_rate": 22},
                        }
                    )
                ],
                "payment_ids": [Command.create({"kind": "electronic", "amount": 100})],
                **vals,
            }
        )

    def test_settings_on_the_receipt(self):
        self.register.write(
            {
                "komtet_internet": True,
                "komtet_place": "https://romashka.example",
                "komtet_print": True,
                "komtet_cashier": "service",
                "komtet_attribute": "Заказ",
            }
        )
        self.sale(partner_id=self.shop.customer.id)
        self.drain()
        (task,) = self.emulator.service.tasks
        content = task.content
        self.assertEqual((content["print"], content["internet"]), (True, True))
        self.assertEqual(content["company"]["payment_address"], "https://romashka.example")
        self.assertEqual(content["client"], {"email": "olga@example.com"})
        self.assertNotIn("cashier", content)
        self.assertEqual(content["additional_user_props"]["name"], "Заказ")
        self.assertEqual(content["callback_url"], f"https://odoo.example.com/fiscal_komtet/{self.register.id}/task")

    def test_credit_is_hidden_until_it_was_tried(self):
        self.assertNotIn("credit", self.register._capabilities().payment_kinds)
        self.register.komtet_credit = True
        self.assertIn("credit", self.register._capabilities().payment_kinds)

    def test_sessions_leave_shifts_and_the_drawer_alone(self):
        session = self.open_session()
        session.try_cash_in_out("in", 100, "change", False, {"translatedType": "in"})
        self.sale()
        self.drain()
        self.emulator.print_all()
        self.settle()
        session.post_closing_cash_details(298.95)
        session.close_session_from_ui()
        self.assertEqual(session.state, "closed")
        self.drain()
        self.assertEqual(self.register.document_ids.mapped("operation"), ["sale"])

    # === Waiting ===

    def test_a_document_that_waits_holds_up_no_other(self):
        first = self.sale()
        self.drain()
        second = self.sale()
        self.drain()
        self.assertEqual((first.state, second.state), ("waiting", "waiting"))
        self.assertEqual(len(self.emulator.service.tasks), 2)

    def test_pauses_between_questions_grow(self):
        document = self.sale()
        self.drain()
        pauses = []
        for __ in range(6):
            pauses.append(document.retry_at - fields.Datetime.now())
            self.settle()
        self.assertEqual(pauses, sorted(pauses))
        self.assertLess(pauses[0], timedelta(seconds=5), "seconds at first")
        self.assertGreater(pauses[-1], timedelta(minutes=1))
        self.assertEqual(len(self.requests("POST")), 1)

    def test_update_status_asks_at_once(self):
        document = self.sale()
        self.drain()
        self.emulator.print_all()
        self.assertTrue(document.retry_at)
        document.action_update()
        self.drain()
        self.assertRegistered(document)

    def test_update_status_of_payments(self):
        self.shop.card.journal_id.fiscal_register_id = self.register
        payments = self.env["account.payment"].create(
            [
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.shop.customer.id,
                    "journal_id": self.shop.card.journal_id.id,
                    "amount": amount,
                }
                for amount in (100, 250.50)
            ]
        )
        payments.action_post()
        self.drain()
        self.assertEqual(payments.mapped("fiscal_state"), ["waiting", "waiting"])
        self.emulator.print_all()
        payments.action_fiscal_update()
        self.drain()
        self.assertEqual(payments.mapped("fiscal_state"), ["done", "done"])
        self.assertEqual(
            [receipt.payments for receipt in self.emulator.documents],
            [{"card": Decimal("100.00")}, {"card": Decimal("250.50")}],
        )

    def test_a_till_that_refuses(self):
        for text, code in (
            ("Ошибка открытия чека: смена превысила 24 часа", "shift_expired"),
            ("Отсутствует email(телефон) клиента для режима Интернет", "no_contact"),
            ("Непредвиденное", "task_error"),
        ):
            self.emulator.fault("till_error", text=text)
            document = self.sale()
            self.drain()
            self.emulator.print_all()
            self.settle()
            self.assertEqual((document.state, document.error_code), ("rejected", code))
            self.assertIn(text, document.error_message)
        refused = document.search([("register_id", "=", self.register.id), ("state", "=", "rejected")])
        self.assertEqual(len(refused.activity_ids), 1, "one call for all of them")

    def test_sent_again_after_a_refusal_it_has_another_key(self):
        self.emulator.fault("till_error", text="Нет бумаги")
        document = self.sale()
        self.drain()
        self.emulator.print_all()
        self.settle()
        self.assertEqual(document.state, "rejected")
        document.action_retry()
        copy = document.pos_order_id.fiscal_document_ids - document
        self.drain()
        self.emulator.print_all()
        self.settle()
        self.assertRegistered(copy)
        self.assertNotEqual(copy.key, document.key)

    def test_what_was_sent_again_from_the_cabinet_is_not_made_twice(self):
        for way in ("printed", "waits"):
            with self.subTest(way):
                self.emulator.service.printed.clear()
                self.emulator.fault("till_error", text="Нет бумаги")
                document = self.sale()
                self.drain()
                self.emulator.print_all()
                self.settle()
                self.assertEqual(document.state, "rejected")
                task = self.emulator.service.tasks[-1]
                self.emulator.service.send_again(task)
                if way == "printed":
                    self.emulator.print_all()
                sent = len(self.requests("POST"))
                document.action_retry()
                copy = document.pos_order_id.fiscal_document_ids - document
                self.drain()
                if way == "waits":
                    self.assertEqual((copy.state, copy.error_code), ("waiting", "sent_again"))
                    self.emulator.print_all()
                    self.settle()
                self.assertEqual(copy.state, "done", copy.error_message)
                (printed,) = self.emulator.documents
                self.assertEqual((copy.fiscal_number, printed.key), (printed.fiscal["i"], document.key))
                self.assertEqual(len(self.requests("POST")), sent)
                self.assertEqual(copy.service_data["task"], task.id)

    def test_nothing_is_sent_under_another_key_while_the_first_cannot_be_asked_for(self):
        self.emulator.fault("till_error", text="Нет бумаги")
        document = self.draft(customer_email="olga@example.com")
        document.action_post()
        self.drain()
        self.emulator.print_all()
        self.settle()
        document.action_retry()
        self.emulator.fault("http_error", "status", status=502)
        self.drain()
        self.assertEqual((document.state, len(self.requests("POST"))), ("queued", 1))
        self.settle()
        self.emulator.print_all()
        self.settle()
        self.assertRegistered(document)

    def test_two_receipts_of_one_settlement_call_a_person(self):
        self.emulator.fault("till_error", text="Нет бумаги")
        document = self.draft(customer_email="olga@example.com")
        document.action_post()
        self.drain()
        self.emulator.print_all()
        self.settle()
        document.action_retry()
        self.drain()
        former = self.emulator.service.tasks[0]
        self.emulator.service.send_again(former)
        self.emulator.print_all()
        self.settle()
        self.assertEqual((document.state, len(self.emulator.documents)), ("done", 2))
        self.assertFalse(document.activity_ids)
        news = self.emulator.news(former)
        for __ in range(2):
            self.register._komtet_told(protocol.parse_callback(news), news.decode())
        self.assertEqual(len(document.activity_ids), 1)
        self.assertIn("taken back by a return", document.activity_ids.note)
        self.assertIn("taken back by a return", str(document.message_ids.mapped("body")))
        news = self.emulator.news(self.emulator.service.tasks[1])
        document.activity_ids.unlink()
        self.register._komtet_told(protocol.parse_callback(news), news.decode())
        self.assertFalse(document.activity_ids)

    def test_a_register_that_fell_silent_may_have_printed(self):
        self.emulator.fault("till_error", text="Нет связи с ККТ")
        document = self.sale()
        self.drain()
        self.emulator.print_all()
        self.settle()
        self.settle()
        self.assertEqual((document.state, document.error_code), ("unknown", "till_silent"))
        self.assertIn("decide", document.error_message)
        self.assertEqual(len(self.requests("POST")), 1)
        key = document.key
        document._decide("not_registered", "The register shows no such receipt.")
        for __ in range(3):
            self.settle()
        self.assertNotEqual(document.key, key)
        self.emulator.print_all()
        self.settle()
        self.assertRegistered(document)

    # === When the line breaks ===

    def test_a_refusal_of_the_repeat_says_nothing_of_the_first_sending(self):
        self.emulator.fault("reset_after", "task")
        document = self.sale()
        self.drain()
        self.emulator.fault("refused", "task", code="VLD77")
        self.settle()
        self.assertEqual((document.state, document.error_code), ("unknown", "VLD77"))
        self.settle()
        self.emulator.print_all()
        self.settle()
        self.assertRegistered(document)

    def test_the_hour_that_comes_twice_turns_no_sale_back(self):
        self.register.tz = "Europe/Kyiv"
        receipt = self.draft()._as_receipt()
        for hour in (datetime(2026, 10, 25, 3, 30), datetime(2026, 3, 29, 3, 30)):
            self.assertEqual(self.register._komtet_settings(replace(receipt, issued_at=hour)).zone, 1)

    def test_lost_answer_is_recovered_to_the_task(self):
        for kind in ("reset_after", "drop", "cut"):
            with self.subTest(kind):
                self.emulator.service.printed.clear()
                self.emulator.fault(kind, "task", seconds=0.1)
                document = self.sale()
                self.drain()
                self.assertEqual(document.state, "unknown")
                self.settle()
                self.assertEqual(document.state, "waiting", document.error_message)
                self.emulator.print_all()
                self.settle()
                self.assertRegistered(document)

    def test_a_task_that_never_arrived_is_made_by_the_repeat(self):
        self.emulator.fault("reset_before", "task")
        document = self.sale()
        self.drain()
        self.assertEqual((document.state, len(self.emulator.service.tasks)), ("unknown", 0))
        self.settle()
        self.emulator.print_all()
        self.settle()
        self.assertRegistered(document)

    def test_the_service_does_not_name_the_task(self):
        self.emulator.fault("anonymous")
        self.emulator.fault("reset_after", "task")
        document = self.sale()
        self.drain()
        self.settle()
        self.assertEqual((document.state, document.error_code), ("unknown", "VLD11"))
        self.assertIn("decide", document.error_message)
        self.emulator.print_all()
        self.settle()
        self.assertEqual(len(self.emulator.documents), 1, "never made twice")
        self.assertEqual(document.state, "unknown")

    def test_a_person_ends_what_the_service_does_not_name(self):
        self.emulator.fault("anonymous")
        self.emulator.fault("reset_after", "task")
        self.emulator.fault("till_error", text="Нет бумаги")
        document = self.sale()
        self.drain()
        self.emulator.print_all()
        self.settle()
        self.assertEqual((document.state, document.error_code), ("unknown", "VLD11"))
        key = document.key
        document._decide("not_registered", "The cabinet shows an error.")
        for __ in range(3):
            self.settle()
        self.assertNotEqual(document.key, key)
        self.emulator.print_all()
        self.settle()
        self.assertRegistered(document)

    def test_a_word_that_came_before_the_service_said_that_it_has_it_does_not_count(self):
        self.emulator.fault("anonymous")
        self.emulator.fault("reset_after", "task")
        document = self.sale()
        self.drain()
        self.assertEqual((document.state, document.error_code), ("unknown", "lost"))
        document._decide("not_registered", "Nothing was printed, for now.")
        for __ in range(3):
            self.settle()
        self.assertEqual((document.state, document.error_code), ("unknown", "VLD11"))
        self.emulator.print_all()
        self.assertEqual(len(self.emulator.documents), 1)

    def test_pages_of_a_gateway_and_errors_of_the_service_are_unknown(self):
        for fault, options in (
            ("http_error", {"status": 502}),
            ("http_error", {"status": 503, "execute": True}),
            ("http_error", {"status": 504, "execute": True}),
            ("garbage", {}),
            ("internal_error", {}),
            ("internal_error", {"execute": True}),
        ):
            with self.subTest(fault, **options):
                self.emulator.service.printed.clear()
                self.emulator.fault(fault, "task", **options)
                document = self.sale()
                self.drain()
                self.assertEqual(document.state, "unknown")
                self.settle()
                self.emulator.print_all()
                self.settle()
                self.assertRegistered(document)

    def test_the_service_is_down(self):
        self.emulator.down()
        document = self.sale()
        self.drain()
        self.assertEqual((document.state, document.error_code), ("queued", "connection"))
        self.assertEqual(self.register.health, "offline")
        self.emulator.up()
        self.settle()
        self.emulator.print_all()
        self.settle()
        self.assertRegistered(document)
        self.assertEqual(self.register.health, "ready")

    def test_trouble_with_asking_leaves_a_document_waiting(self):
        document = self.sale()
        self.drain()
        for fault in ("down", "garbage", "http_error", "throttled", "unauthorized"):
            with self.subTest(fault):
                self.emulator.fault(fault, *(() if fault == "down" else ("status",)))
                self.settle()
                self.assertEqual(document.state, "waiting")
                self.assertTrue(self.register.health_message)
                self.emulator.up()
        self.register.failures = 0
        self.emulator.print_all()
        self.settle()
        self.assertRegistered(document)

    def test_throttled(self):
        self.emulator.fault("throttled", "task", retry_after=30)
        document = self.sale()
        self.drain()
        self.assertEqual((document.state, document.error_code), ("queued", "throttled"))
        self.assertGreater(self.register.retry_at, fields.Datetime.now() + timedelta(seconds=20))

    # === Settings that are wrong ===

    def assertBlocked(self, document, code, words):
        self.assertEqual((document.state, document.error_code), ("queued", code))
        self.assertEqual(self.register.health, "problem")
        self.assertIn(words, self.register.health_message)

    def test_unpaid_service(self):
        self.emulator.fault("unpaid", "task")
        document = self.sale()
        self.drain()
        self.assertBlocked(document, "SRV00", "Pay for it")
        self.assertIn("Нет активной услуги", self.register.health_message)
        self.settle()
        self.assertEqual(document.state, "waiting")

    def test_wrong_key(self):
        self.register.komtet_secret_key = "another-secret"
        document = self.sale()
        self.drain()
        self.assertBlocked(document, "AUT00", "secret key")
        self.register.komtet_secret_key = SECRET
        self.settle()
        self.assertEqual(document.state, "waiting")

    def test_no_such_queue(self):
        self.register.komtet_queue_id = "99"
        document = self.sale()
        self.drain()
        self.assertBlocked(document, "no_queue", "no queue with this id")
        self.register.komtet_queue_id = "3"
        self.settle()
        self.assertEqual(document.state, "waiting")

    def test_refused_for_what_it_says(self):
        for code in ("VLD00", "VLD12", "VLD13", "VLD77"):
            self.emulator.fault("refused", "task", code=code)
            document = self.sale()
            self.drain()
            self.assertEqual((document.state, document.error_code), ("rejected", code))
            self.assertIn("positions->0->vat", document.error_message)

    def test_problems_are_told_before_anything_is_sent(self):
        self.register.komtet_internet = True
        self.company.fiscal_tax_system = False
        document = self.sale()
        self.assertEqual(document.state, "rejected")
        self.assertIn("choose a customer with an e-mail address", document.error_message)
        self.assertIn("tax system is missing", document.error_message)
        with self.assertRaisesRegex(UserError, "choose a customer"):
            self.draft().action_post()
        self.assertEqual(self.emulator.requests, [])

    def test_accounting_asks_for_the_contact_that_is_needed(self):
        olga = self.shop.customer
        self.assertEqual(self.register._missing_contact(olga, False, False), [])
        self.register.komtet_internet = True
        self.assertEqual(self.register._missing_contact(olga, False, "+380671234567"), ["email", "sms"])
        self.assertEqual(self.register._missing_contact(olga, False, "8 912 345-67-89"), [])
        self.assertEqual(self.register._missing_contact(olga, "olga@example.com", False), [])

    def test_a_till_knows_that_the_contact_is_needed(self):
        self.assertFalse(self.register._till_status()["needs_contact"])
        self.register.komtet_internet = True
        self.assertTrue(self.register._till_status()["needs_contact"])
        self.assertNotIn(SECRET, repr(self.register._till_status()))

    def test_the_shop_stays_while_documents_are_at_the_service(self):
        document = self.sale()
        self.register.komtet_shop_id = SHOP
        self.drain()
        for vals in ({"komtet_shop_id": "other"}, {"komtet_server": "https://kassa.komtet.ru"}):
            with self.assertRaisesRegex(UserError, "outcome is open"):
                self.register.write(vals)
        self.emulator.print_all()
        self.settle()
        self.assertRegistered(document)
        self.register.komtet_shop_id = "other"

    # === Status ===

    def test_status(self):
        status = self.register._status()
        self.assertTrue(status.ready)
        self.assertEqual(self.register.health, "ready")
        self.assertEqual(self.register.komtet_queue, "Касса на Ильинке – works")
        notification = self.register.action_test_connection()["params"]
        self.assertEqual(notification["type"], "success")
        self.assertIn("Queue: Касса на Ильинке – works", notification["message"])

    def test_status_names_the_register_once_it_is_known(self):
        self.sale()
        self.drain()
        self.emulator.print_all()
        self.settle()
        message = self.register.action_test_connection()["params"]["message"]
        self.assertIn(self.emulator.till.registration, message)

    def test_status_of_a_passive_queue(self):
        self.emulator.fault("passive")
        status = self.register._status()
        self.assertFalse(status.ready)
        self.assertIn("switched off at Komtet Kassa", self.register.health_message)
        self.assertIn("switched off", self.register.komtet_queue)
        self.assertEqual(self.register.action_test_connection()["params"]["type"], "danger")

    def test_status_says_what_is_wrong(self):
        for change, words in (
            ({"komtet_secret_key": "another"}, "secret key"),
            ({"komtet_queue_id": "99"}, "no queue with this id"),
        ):
            before = {name: self.register[name] for name in change}
            self.register.write(change)
            self.assertIn(words, self.register._status().problem)
            self.register.write(before)
        self.emulator.fault("unpaid", "queue")
        self.assertIn("Pay for it", self.register._status().problem)
        self.emulator.down()
        status = self.register._status()
        self.assertFalse(status.ready or status.reachable)
        self.assertIn("cannot be reached", status.problem)

    def test_status_warns_of_an_address_that_nobody_can_call(self):
        for address, words in (
            ("http://localhost:8069", "local network only"),
            ("https://192.168.1.2", "local network only"),
            ("http://odoo.example.com", "https://"),
            (False, "Enter the address"),
        ):
            self.register.komtet_address = address
            notification = self.register.action_test_connection()["params"]
            self.assertEqual(notification["type"], "warning")
            self.assertIn(words, notification["message"])

    # === Secrets ===

    def test_the_key_is_nowhere(self):
        with self.assertLogs(level="DEBUG") as logs:
            document = self.sale()
            self.drain()
            self.emulator.fault("reset_after", "task")
            self.sale()
            self.drain()
            self.register._status()
        # the log of all SQL shows every value of the database to whoever switches it on
        logged = [record.getMessage() for record in logs.records if record.name != "odoo.sql_db"]
        self.assertTrue([text for text in logged if "/api/shop/v2" in text])
        self.assertFalse([text for text in logged if SECRET in text])
        for model in ("fiscal.document", "fiscal.attempt", "mail.message"):
            for values in self.env[model].search([]).read():
                self.assertNotIn(SECRET, repr(values), model)
        self.assertIn(document.key, document.request["body"])

    def test_key_and_address_of_the_service_are_for_administrators(self):
        manager = self.env["res.users"].create(
            {
                "name": "Manager",
                "login": "komtet-manager",
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.set(self.env.ref("fiscal_base.group_fiscal_manager").ids)],
            }
        )
        register = self.register.with_user(manager)
        self.assertFalse({"komtet_secret_key", "komtet_server"} & register.fields_get().keys())
        for vals in ({"komtet_server": "https://127.0.0.1:1"}, {"komtet_secret_key": "x"}):
            with self.assertRaises(AccessError):
                register.write(vals)
        register.write({"komtet_print": True})
        register.create({"name": "Second", "provider": "komtet", "komtet_shop_id": "shop-2"})

    def test_a_neutralized_copy_knows_no_shop(self):
        self.env.flush_all()
        for query in get_neutralization_queries(["fiscal_base", "fiscal_komtet"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertEqual(self.register.state, "disabled")
        self.assertFalse(self.register.komtet_shop_id or self.register.komtet_secret_key)
        self.assertFalse(self.register._status().ready)
        self.assertEqual(self.emulator.requests, [])

    def test_uninstalling_leaves_registers_off(self):
        selection = self.env["ir.model.fields.selection"].search(
            [("field_id.model", "=", "fiscal.register"), ("value", "=", "komtet")]
        )
        selection._process_ondelete()
        self.assertEqual((self.register.provider, self.register.state), ("komtet", "disabled"))

    def test_settings_are_checked(self):
        for vals in (
            {"komtet_server": "http://kassa.example.com"},
            {"komtet_server": "kassa.komtet.ru"},
            {"komtet_shop_id": "магазин"},
            {"komtet_queue_id": "Q3"},
            {"komtet_shop_id": False},
            {"komtet_secret_key": False},
            {"komtet_queue_id": False},
        ):
            with self.assertRaises(ValidationError):
                self.register.write(vals)
        self.register.komtet_queue_id = " 3 "
        self.assertEqual(self.register.komtet_queue_id, "3")

    # === Words ===

    def test_every_code_has_a_sentence(self):
        source = "\n".join(path.read_text() for path in (ADDON / "protocol").glob("*.py"))
        codes = {code for __, code in const.TASK_ERRORS} | {"task_error", "no_queue", "passive", "queue_state"}
        codes |= set(re.findall(r'code="(\w+)"', source)) | set(re.findall(r'code or "(\w+)"', source))
        codes |= set(re.findall(r'_unready\("(\w+)"', source)) | {"VLD00", "VLD11", "VLD12", "VLD13", "SRV00", "SYS00"}
        for code in codes:
            self.assertTrue(self.register._komtet_sentence(code, ""), code)
        problems = set(re.findall(r'Problem\(\s*"(\w+)"', source)) | set(re.findall(r'"(line_\w+)":', source))
        self.assertEqual(problems, texts.PROBLEMS.keys())

    def test_words_of_the_service_stay(self):
        outcome = self.register._komtet_in_words(Outcome.blocked("Нет активной услуги", code="SRV00"))
        self.assertIn("Pay for it", outcome.message)
        self.assertTrue(outcome.message.endswith("(Нет активной услуги)"))

    def test_a_repeat_sends_the_same_bytes(self):
        self.emulator.fault("reset_after", "task")
        document = self.sale()
        self.drain()
        self.register.komtet_print = True
        self.settle()
        first, second = self.requests("POST")
        self.assertEqual(first.body, second.body)
        self.assertEqual(first.body.decode(), document.request["body"])
        self.assertEqual(json.loads(first.body)["external_id"], document.key)
