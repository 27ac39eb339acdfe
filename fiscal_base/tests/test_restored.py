"""A database restored from a backup: what was queued in it, and was printed since, is not printed again."""

from odoo.tests import tagged

from ..tools.outcome import Outcome, RegisterStatus
from .test_faults import FaultCase


@tagged("post_install", "-at_install")
class TestRestored(FaultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register.shift_policy = "manual"

    def restore(self, **status):
        """The database as it was before its queue was worked off, on a server that was started since."""
        self.register.run_marker = "the server before"
        if status:
            status = RegisterStatus(**{"ready": True, **status})
            self.patch(self.env.registry["fiscal.register"], "_demo_status", lambda register: status)

    def printed(self):
        """A document that is queued here and registered there."""
        document = self.sale()
        self.service.registered[document.key] = {}
        return document

    def test_printed_since_is_not_printed_again(self):
        self.sale()
        self.drain()
        self.assertEqual(self.register.last_number, "1")
        document, new = self.printed(), self.sale()
        sent = len(self.service.sent)
        self.restore(last_number=2)
        self.drain()
        self.assertEqual((document.state, new.state), ("done", "done"))
        self.assertEqual([key for key, __ in self.service.sent[sent:]], [new.key])
        self.assertIn("knows of 1", str(self.register.message_ids.mapped("body")))
        self.assertTrue(document.request, "it was prepared, so that it could be asked about")

    def test_register_that_does_not_tell_its_number(self):
        document = self.printed()
        self.restore()
        self.drain()
        self.assertEqual((document.state, self.service.sent), ("done", []))

    def test_nothing_happened_meanwhile(self):
        self.sale()
        self.drain()
        document = self.sale()
        self.restore(last_number=1)
        self.drain()
        self.assertEqual((document.state, self.service.asked), ("done", []))

    def test_cash_moves_alone_leave_the_number_as_it_is(self):
        self.sale()
        self.drain()
        printed, new = (
            self.register._enqueue_simple(operation, f"test:{operation}", self.cashier, 100)
            for operation in ("cash_in", "cash_out")
        )
        self.service.registered[printed.key] = {}
        self.restore(last_number=1)
        sent = len(self.service.sent)
        self.drain()
        self.assertEqual((printed.state, new.state), ("done", "done"))
        self.assertEqual([key for key, __ in self.service.sent[sent:]], [new.key])

    def test_register_out_of_reach_is_waited_for(self):
        document = self.printed()
        self.restore(ready=False, reachable=False, problem="no answer")
        self.drain()
        self.assertEqual((document.state, self.service.sent, self.register.health), ("queued", [], "offline"))
        self.restore(ready=True)
        self.due()
        self.drain()
        self.assertEqual((document.state, self.service.sent), ("done", []))

    def test_service_that_cannot_tell_calls_a_person(self):
        document = self.printed()
        self.restore()
        self.service.plan = [Outcome.unknown("forgotten", 600, code="no_trace")]
        self.drain()
        self.assertEqual((document.state, self.service.sent), ("unknown", []))

    def test_asked_once(self):
        self.restore()
        self.drain()
        document = self.sale()
        self.drain()
        self.assertEqual((document.state, self.service.asked), ("done", []))

    def test_carried_by_a_browser(self):
        document = self.printed()
        self.restore()
        with self.on_service(relay=30.0), self.enter_registry_test_mode(), self.register._lane() as register:
            self.assertTrue(register._after_a_gap())
        self.env.invalidate_all()
        self.assertEqual((document.state, self.service.sent), ("unknown", []))
