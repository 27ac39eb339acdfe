from odoo import models
from odoo.exceptions import UserError, ValidationError

from ...tools.capabilities import Capabilities
from ...tools.outcome import Outcome, RegisterStatus
from ..document.document import SENT


class FiscalRegister(models.Model):
    """Which register this is, and what that means for documents that it may already have.

    Fields with `names_the_register=True` (token, address, number of the device, account) identify it. While the outcome
    of any of its documents is open, they cannot be changed to name another register or service: asked there, the
    documents would not be known and would be registered again. A lost token can be replaced if the service's answer
    shows that it is the same register (`_<p>_register_identity`); else an accountant decides about the documents first.

    If the provider's addon is uninstalled, the register keeps its provider, its documents and its place in lists and
    tills, and is switched off. It carries on when the addon is installed again.
    """

    _inherit = "fiscal.register"

    def _valid_field_parameter(self, field, name):
        return name == "names_the_register" or super()._valid_field_parameter(field, name)

    # === Which register it is ===

    def _has_left(self):
        """Whether the register may have a document whose outcome is not known here."""
        self.ensure_one()
        Document = self.env["fiscal.document"].sudo()
        mine = [("register_id", "=", self.id)]
        if Document.search_count([*mine, ("state", "in", SENT)], limit=1):
            return True
        queued = Document.search([*mine, ("state", "=", "queued"), ("attempt_ids", "!=", False)])
        return any(document._may_have_left() for document in queued)

    def _known_identity(self):
        """The set of registration number and serial number that the service named last; both, or one of them."""
        said = self.status_data or {}
        known = {said.get("register_number"), said.get("serial_number")} - {None, ""}
        if known:
            return known
        last = self.env["fiscal.document"].sudo()
        last = last.search(
            [("register_id", "=", self.id), ("provider", "=", self.provider), ("register_number", "!=", False)], limit=1
        )
        return {last.register_number} if last else set()

    def _is_the_same(self, known):
        """Ask the service, with the present settings, whether its register has one of the numbers in `known`."""
        if not known or not hasattr(self, f"_{self.provider}_register_identity"):
            return False
        try:
            return self._call_provider("register_identity") in known
        except Exception:  # any failure proves nothing
            return False

    def write(self, vals):
        """Refuse a change that would name another register or service while this one may have documents.

        The same goes for emptying such a field. An empty field can be filled in: nothing was sent with it.
        """
        naming = [name for name in vals if getattr(self._fields.get(name), "names_the_register", False)]
        renamed = {}
        for register in self.sudo() if naming or "provider" in vals else ():
            to_another = vals.get("provider", register.provider) != register.provider
            changed = [name for name in naming if register._renames(name, vals[name])]
            if (changed or to_another) and register._has_left():
                if to_another:
                    raise UserError(
                        self.env._(
                            "“%s” may have documents at its service whose outcome is open. Let them finish, or decide "
                            "about them under Fiscal → Documents; then change the provider.",
                            register.name,
                        )
                    )
                renamed[register] = register._known_identity()
        result = super().write(vals)
        for register, known in renamed.items():
            if not register._is_the_same(known):
                raise UserError(
                    self.env._(
                        "“%s” has documents whose outcome is open, and this would name another register, where they "
                        "would be registered once more. Let them finish first, or let a fiscal accountant decide about "
                        "them under Fiscal → Documents. A new token of the same register is taken at once when the "
                        "service answers with it.",
                        register.name,
                    )
                )
        if "provider" in vals:
            self._prepare_for_another_service()
        return result

    def _renames(self, name, value):
        """Whether `value` would name another register than the field names now."""
        field = self._fields[name]
        if not name.startswith(f"{self.provider}_") or not self[name]:
            return False
        old = field.convert_to_write(self[name], self)
        if isinstance(old, str) and isinstance(value, str):
            return old.strip() != value.strip()
        return old != value

    def _prepare_for_another_service(self):
        """Forget requests that were never sent: the lane builds new ones for the new service."""
        queued = self.env["fiscal.document"].sudo().search([("register_id", "in", self.ids), ("state", "=", "queued")])
        queued.filtered("request")._engine().write({"request": False})

    # === Without its addon ===

    def _addon_is_missing(self):
        return not hasattr(self, f"_{self.provider}_capabilities")

    def _call_provider(self, method, *args):
        """Without its addon, answer as a register that has none (`_missing_…`)."""
        if self._addon_is_missing() and (function := getattr(self.sudo(), f"_missing_{method}", None)):
            return function(*args)
        return super()._call_provider(method, *args)

    @property
    def _missing_words(self):
        return self.env._(
            "The addon of “%(provider)s” is not installed, so “%(register)s” registers nothing. Install it again under "
            "Apps: the register then goes on with its documents.",
            provider=self.provider,
            register=self.name,
        )

    def _missing_capabilities(self):
        return Capabilities(lookup=True, status=True, wait=0.0)

    def _missing_validate(self, receipt):
        return [self._missing_words]

    def _missing_submit(self, document, request):
        return Outcome.blocked(self._missing_words)

    def _missing_lookup(self, document, request):
        return Outcome.blocked(self._missing_words)

    def _missing_status(self):
        return RegisterStatus(ready=False, reachable=False, problem=self._missing_words)

    def _problems(self, receipt):
        return [self._missing_words] if self._addon_is_missing() else super()._problems(receipt)

    def _check_required_if_provider(self):
        for register in self:
            if register.state == "enabled" and register._addon_is_missing():
                raise ValidationError(register._missing_words)
        return super()._check_required_if_provider()

    def _run_lane(self, *args, **options):
        if self._addon_is_missing():
            return None
        return super()._run_lane(*args, **options)

    def _provider_removed(self, registers):
        """`ondelete` of a provider's selection value: the addon is uninstalled. The register keeps its provider and its
        documents and is switched off; no other register takes them over.
        """
        for register in registers.sudo():
            register.with_context(tracking_disable=True).write(
                {"state": "disabled", "health": "problem", "health_message": self.env._("The addon was uninstalled.")}
            )
