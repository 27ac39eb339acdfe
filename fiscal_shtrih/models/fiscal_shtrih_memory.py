from odoo import api, fields, models


class FiscalShtrihMemory(models.Model):
    """What a provider has to know of a register before it asks or sends anything.

    * Of a register (`document_id` empty): its profile (`protocol.Profile`).
    * Of a document: the state of the register before it was sent (`protocol.steps.Keep`), which a look-up compares.
    """

    _name = "fiscal.shtrih.memory"
    _description = "What is known of a Shtrih-M register"

    register_id = fields.Many2one("fiscal.register", required=True, ondelete="cascade", index=True)
    document_id = fields.Many2one("fiscal.document", ondelete="cascade", index="btree_not_null")
    data = fields.Json()

    _register_document_unique = models.Constraint(
        "EXCLUDE (register_id WITH =, (COALESCE(document_id, 0)) WITH =)",
        "One row for each document, and one for the register.",
    )

    @api.model
    def _recall(self, register, document=None):
        """What was kept, None where nothing was. For the provider."""
        return self.sudo().search(self._of(register, document), limit=1).data or None

    @api.model
    def _keep(self, register, document, data):
        """Write `data`. For the provider, which commits it where a byte may leave only afterwards."""
        known = self.sudo().search(self._of(register, document), limit=1)
        if known:
            known.data = data
        else:
            self.sudo().create(
                {"register_id": register.id, "document_id": document.id if document else False, "data": data}
            )

    @api.model
    def _of(self, register, document):
        return [("register_id", "=", register.id), ("document_id", "=", document.id if document else False)]
