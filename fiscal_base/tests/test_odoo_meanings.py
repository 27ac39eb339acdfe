from odoo.tests import TransactionCase, tagged

from ..models.accounting.account_payment import POSTED, UNDONE


@tagged("post_install", "-at_install")
class TestOdooMeanings(TransactionCase):
    """What the suite takes Odoo's words to mean (docs/odoo-hooks.md). A new word needs a decision, not a guess."""

    def values(self, model, field):
        return set(self.env[model]._fields[field].get_values(self.env))

    def test_each_state_of_a_payment_is_posted_or_undone(self):
        self.assertEqual(self.values("account.payment", "state"), {*POSTED, *UNDONE})

    def test_states_of_an_order(self):
        self.assertEqual(self.values("pos.order", "state"), {"draft", "cancel", "paid", "done"})

    def test_types_of_payment_methods(self):
        types = {"cash", "bank", "pay_later"}
        if "pos_online_payment" in self.env.registry._init_modules:
            types.add("online")  # paid by the phone of the customer: a card, for the receipt
        self.assertEqual(self.values("pos.payment.method", "type"), types)

    def test_states_of_a_session(self):
        states = {"opening_control", "opened", "closing_control", "closed"}
        self.assertEqual(self.values("pos.session", "state"), states)
