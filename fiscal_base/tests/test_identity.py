"""Which register it is: what cannot change while its documents are open, and a register without its addon."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_faults import FaultCase


class IdentityCase(FaultCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.register.shift_policy = "manual"


@tagged("post_install", "-at_install")
class TestIdentity(IdentityCase):
    def naming(self):
        """`(provider, field)` of every field that says which register it is."""
        Register = self.env["fiscal.register"]
        providers = [key for key, __ in Register._fields["provider"].selection]
        return [
            (provider, field)
            for provider in providers
            for field in Register._fields.values()
            if getattr(field, "names_the_register", False) and field.name.startswith(f"{provider}_")
        ]

    def values(self, field):
        """Two values of a field that name two registers."""
        if field.type == "integer":
            return 1, 2
        if field.type == "selection":
            keys = [key for key, __ in field._description_selection(self.env)]
            return keys[0], keys[1]
        if field.name.endswith(("_url", "_server")):
            return "https://one.invalid", "https://two.invalid"
        return ("11", "22") if field.name.endswith("_id") else ("one-register-of-a-test", "another-register-of-a-test")

    def document(self, register, state, **vals):
        return (
            self.env["fiscal.document"]
            ._engine()
            .create(
                {
                    "company_id": register.company_id.id,
                    "register_id": register.id,
                    "operation": "sale",
                    "state": state,
                    **vals,
                }
            )
        )

    def test_no_field_names_another_register_while_a_document_is_open(self):
        for provider, field in self.naming():
            if field.type == "many2one":
                continue
            one, two = self.values(field)
            for state in ("unknown", "waiting", "sending"):
                with self.subTest(field=field.name, state=state), self.env.cr.savepoint() as savepoint:
                    register = self.env["fiscal.register"].create(
                        {"name": "R", "provider": provider, "company_id": self.company.id, field.name: one}
                    )
                    document = self.document(register, state)
                    for value in (two, False):
                        with self.assertRaisesRegex(UserError, "open"), self.env.cr.savepoint():
                            register.write({field.name: value})
                        self.env.invalidate_all()
                        self.assertEqual(register[field.name], one)
                    register.write({field.name: one})
                    document._move("rejected" if state != "sending" else "done")
                    register.write({field.name: two})
                    self.assertEqual(register[field.name], two)
                    savepoint.close(rollback=True)

    def test_every_provider_says_which_register_it_is(self):
        providers = {key for key, __ in self.env["fiscal.register"]._fields["provider"].selection} - {"demo"}
        self.assertEqual({provider for provider, __ in self.naming()}, providers)

    def test_a_new_token_is_taken_when_the_service_says_it_is_the_same(self):
        Register = type(self.register)
        for provider, field in self.naming():
            if field.type != "char":
                continue
            one, two = self.values(field)
            said = []
            own = getattr(Register, f"_{provider}_register_identity", None)
            setattr(Register, f"_{provider}_register_identity", lambda register, said=said: said[-1])
            try:
                with self.subTest(field.name), self.env.cr.savepoint() as savepoint:
                    register = self.env["fiscal.register"].create(
                        {"name": "R", "provider": provider, "company_id": self.company.id, field.name: one}
                    )
                    register.status_data = {"register_number": "4000"}
                    self.document(register, "unknown")
                    for answer in ("4001", ""):
                        said.append(answer)
                        with self.assertRaises(UserError), self.env.cr.savepoint():
                            register.write({field.name: two})
                    self.env.invalidate_all()
                    said.append("4000")
                    register.write({field.name: two})
                    self.assertEqual(register[field.name], two)
                    savepoint.close(rollback=True)
            finally:
                if own:
                    setattr(Register, f"_{provider}_register_identity", own)
                else:
                    delattr(Register, f"_{provider}_register_identity")

    def test_what_may_have_left_keeps_its_service(self):
        """Sent once, “never seen” by a look-up: the request may still arrive."""
        document = self.unknown()
        for vals in ({"provider": "gone"}, {"provider": "gone", "state": "disabled"}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.register.write(vals)
        self.env.invalidate_all()
        self.assertEqual((self.register.provider, document.state), ("demo", "unknown"))


@tagged("post_install", "-at_install")
class TestWithoutAddon(IdentityCase):
    """The addon of the provider is gone: uninstalled, or its folder is missing."""

    def gone(self):
        self.env.flush_all()
        self.env.cr.execute("UPDATE fiscal_register SET provider = 'gone' WHERE id = %s", self.register.ids)
        self.env.invalidate_all()
        self.assertEqual(self.register.provider, "gone")

    def test_an_open_document_is_not_taken_over(self):
        document = self.unknown()
        self.register._provider_removed(self.register)
        self.gone()
        self.due()
        self.drain()
        self.assertEqual(document.state, "unknown")
        with self.assertRaisesRegex(UserError, "gone"):
            self.register.state = "enabled"

    def test_the_lane_asks_nobody_even_when_it_is_on(self):
        document = self.unknown()
        self.gone()
        self.due()
        asked = len(self.service.asked)
        self.drain()
        self.assertEqual((document.state, len(self.service.asked)), ("unknown", asked))

    def test_it_goes_on_when_the_addon_is_back(self):
        document = self.unknown()
        self.register._provider_removed(self.register)
        self.gone()
        self.env.cr.execute("UPDATE fiscal_register SET provider = 'demo' WHERE id = %s", self.register.ids)
        self.env.invalidate_all()
        self.service.plan = []
        self.register.state = "enabled"
        self.due()
        self.drain()
        self.assertEqual(document.state, "done")

    def test_till_and_lists_work(self):
        self.gone()
        self.assertEqual(self.register._till_status()["id"], self.register.id)
        row = self.config._load_pos_data_read(self.config, self.config)[0]
        self.assertTrue(row["_fiscal_register"])
        found = self.register.web_search_read(
            [("id", "=", self.register.id)],
            {"name": {}, "provider": {}, "open_count": {}, "relays": {}, "tax_vocabulary": {}, "till_wait": {}},
        )
        self.assertEqual(found["records"][0]["name"], self.register.name)
        self.register.web_read_group([("id", "=", self.register.id)], ["provider"], ["__count"])
        self.register.name = "Renamed"
        self.assertEqual(self.register._status().problem, self.register.health_message)

    def test_a_sale_is_kept(self):
        self.gone()
        document = self.sale()
        self.assertEqual(document.state, "rejected")
        self.assertIn("not installed", document.error_message)

    def test_decision_is_possible(self):
        document = self.unknown()
        self.gone()
        self.decide(document, "registered", fiscal_number="77")
        self.assertEqual((document.state, document.fiscal_number), ("done", "77"))


@tagged("post_install", "-at_install")
class TestFrozen(IdentityCase):
    """A request that was frozen by another provider, or in a form that today's program does not read."""

    def frozen(self, document, by):
        document._engine().write({"request_format": by, "request": {"old": "form"}})

    def test_format_is_kept(self):
        document = self.sale()
        self.drain()
        self.assertEqual(document.request_format, "demo/1")

    def test_what_was_never_sent_is_prepared_anew(self):
        for by in ("demo/0", "gone/1"):
            document = self.sale()
            self.frozen(document, by)
            self.drain()
            self.assertEqual((document.state, document.request_format), ("done", "demo/1"))
            self.assertNotIn("old", self.service.sent[-1][1])

    def test_what_may_have_left_is_for_a_person(self):
        document, behind = self.unknown(), self.sale()
        self.frozen(document, "gone/1")
        self.due()
        asked, sent = len(self.service.asked), len(self.service.sent)
        self.drain()
        self.assertEqual((document.state, len(self.service.asked), len(self.service.sent)), ("unknown", asked, sent))
        self.assertIn("gone/1", document.error_message)
        self.assertTrue(document.activity_ids)
        self.assertEqual(behind.state, "queued")
        self.service.plan = []
        self.decide(document, "registered", fiscal_number="77")
        self.due()
        self.drain()
        self.assertEqual((document.state, behind.state), ("done", "done"))
