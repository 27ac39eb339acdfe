"""A person says that a document was not registered: the service is asked once more, and what it knows wins."""

from odoo.tests import tagged

from ..tools.outcome import Outcome
from .test_faults import FaultCase


@tagged("post_install", "-at_install")
class TestNotRegistered(FaultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register.shift_policy = "manual"

    def no_answer(self, document, times):
        """The service cannot be asked about `document`."""
        for __ in range(times):
            self.service.plan = [Outcome.unknown("no answer", 600)]
            self.due()
            self.drain()
            self.assertEqual(document.state, "unknown")

    def test_service_that_knows_it_wins(self):
        """The line was mended long ago; a second receipt was printed under a new key without a last look-up."""
        document = self.unknown()
        key = document.key
        self.service.plan = []
        self.decide(document, "not_registered")
        self.assertEqual((document.state, document.key), ("unknown", key), "nothing is sent before it was asked")
        self.drain()
        self.assertEqual((document.state, document.key, len(self.service.sent)), ("done", key, 1))

    def test_service_that_never_saw_it(self):
        document = self.unknown()
        self.service.registered.clear()
        self.service.plan = []
        self.decide(document, "not_registered")
        self.drain()
        self.assertEqual((document.state, len(self.service.sent)), ("done", 2))

    def test_service_that_cannot_tell_leaves_it_to_the_person(self):
        document = self.unknown()
        key = document.key
        self.service.plan = [Outcome.unknown("forgotten", 600, code="no_trace")]
        self.decide(document, "not_registered")
        self.drain()
        self.assertEqual((document.state, len(self.service.sent)), ("done", 2))
        self.assertNotEqual(document.key, key, "a service that does not know repeats gets a new key")

    def test_service_that_cannot_be_asked_is_waited_for(self):
        document = self.unknown()
        self.decide(document, "not_registered")
        self.no_answer(document, 1)
        self.service.plan = []
        self.due()
        self.drain()
        self.assertEqual((document.state, len(self.service.sent)), ("done", 1), "it was registered after all")

    def test_service_that_answers_everything_but_this_leaves_it_to_the_person(self):
        """Or a document whose look-up is broken for good would wait for ever."""
        document = self.unknown()
        self.decide(document, "not_registered")
        self.register.failures = 3  # from now on the register is asked how it is first, and it is well
        self.service.plan = [Outcome.unknown("HTTP 500", 600)]
        self.due()
        self.drain()
        self.assertEqual((document.state, len(self.service.sent)), ("done", 2))

    def test_request_that_may_be_under_way_is_waited_for(self):
        document = self.unknown()
        self.service.plan = [Outcome.unknown("forgotten", 600, code="no_trace")]
        with self.on_service(under_way=30.0):
            self.decide(document, "not_registered")
            self.drain()
            self.assertEqual((document.state, len(self.service.sent)), ("unknown", 1))

    def test_service_that_keeps_no_record_is_not_asked(self):
        with self.on_service(lookup=False):
            document = self.sale()
            self.service.plan = [Outcome.unknown("the answer was lost", 600)]
            self.drain()
            self.decide(document, "not_registered")
            self.assertEqual(document.state, "queued")

    def test_other_decision_ends_it(self):
        document = self.unknown()
        self.decide(document, "not_registered")
        self.decide(document, "postpone")
        self.service.plan = [Outcome.unknown("forgotten", 600, code="no_trace")]
        self.due()
        self.drain()
        self.assertEqual((document.state, document.postponed, len(self.service.sent)), ("unknown", True, 1))
