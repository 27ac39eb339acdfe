import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..document.document import DECIDES

_logger = logging.getLogger(__name__)

#: maximum number of orders that one call of a till retries
RETRIES = 50


class PosConfig(models.Model):
    _inherit = "pos.config"

    fiscal_register_id = fields.Many2one(
        "fiscal.register",
        string="Fiscal register",
        check_company=True,
        index="btree_not_null",
        copy=False,
        help="Receipts of this point of sale are made on this register.",
    )

    # set when nobody would carry the receipts of a kiosk or of phones to the register
    fiscal_warning = fields.Char(compute="_compute_fiscal_warning", compute_sudo=True)

    @api.depends(lambda self: ["fiscal_register_id", *({"self_ordering_mode"} & self._fields.keys())])
    def _compute_fiscal_warning(self):
        for config in self:
            mode = config._fiscal_self_ordering()
            config.fiscal_warning = config.fiscal_register_id._self_ordering_warning(mode)

    def _fiscal_self_ordering(self):
        """Where customers order by themselves, as `pos_self_order` says it; "" without that module."""
        return self.self_ordering_mode if "self_ordering_mode" in self._fields else ""

    def _check_fiscal_rounding(self):
        """A Russian receipt knows no rounding: kopecks go off its lines, and only in favour of the customer.

        Asked when the setting changes, and not by a constraint: a shop that has it already is told at the payment, and
        opens its till.
        """
        for config in self:
            register = config.fiscal_register_id.sudo()
            if not register or not config.cash_rounding or register._law_country() != "RU":
                continue
            if config.rounding_method.rounding_method != "DOWN":
                raise ValidationError(
                    self.env._(
                        "“%s” rounds up, and a receipt may only be rounded down. Choose a rounding method “Down”.",
                        config.display_name,
                    )
                )

    @api.model
    def _load_pos_data_read(self, records, config):
        """Give the till what its register light and its checks before payment need, but no settings."""
        rows = super()._load_pos_data_read(records, config)
        for row in rows:
            register = self.browse(row["id"]).sudo().fiscal_register_id
            row["_fiscal_register"] = register._till_status() if register else False
            row["_fiscal_unmapped_taxes"] = register._unmapped_taxes() if register else {}
            row["_fiscal_may_decide"] = bool(register) and self.env.user.has_group(DECIDES)
        return rows

    def write(self, vals):
        """The register cannot change while a session is open: what was sold belongs to the shift opened for it.

        Odoo lets every user of the point of sale write its settings; only administrators may choose the register.
        """
        if "fiscal_register_id" in vals:
            self._fiscal_check_chooses()
            for config in self:
                session = config.current_session_id
                if session.state == "opened" and config.fiscal_register_id.id != vals["fiscal_register_id"]:
                    raise UserError(
                        self.env._(
                            "“%s” is open. Close its session, then choose another register.", config.display_name
                        )
                    )
        result = super().write(vals)
        if {"fiscal_register_id", "cash_rounding", "rounding_method"} & vals.keys():
            self._check_fiscal_rounding()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        configs = super().create(vals_list)
        configs._check_fiscal_rounding()
        return configs

    def _fiscal_check_chooses(self):
        user = self.env.user
        groups = ("point_of_sale.group_pos_manager", "fiscal_base.group_fiscal_manager")
        if not self.env.su and not any(user.has_group(group) for group in groups):
            raise AccessError(self.env._("Only administrators choose the fiscal register of a point of sale."))

    def fiscal_x_report(self):
        """Let the register print its X report, and show Odoo's counters of the open shift.

        :returns: a window action, or a sentence if no shift is open
        """
        register = self._fiscal_register_of_till()
        if not register.shift_id:
            return {"message": self.env._("No shift is open, so there is nothing to report.")}
        if "x_report" in register._capabilities().operations:
            Document = self.env["fiscal.document"]
            register._enqueue_simple(
                "x_report", f"x_report:{Document._new_key()}", self.env.user._fiscal_employee(self.company_id)
            )
        return register.shift_id.action_print()

    def fiscal_z_report(self, session_id):
        """What became of the shift when `session_id` was closed, for the cashier who closed it.

        :returns: `{"state": "none" | "pending" | "done" | "rejected", "title": …, "lines": [[label, sum], …]}`
        """
        register = self._fiscal_register_of_till()
        if not register or not self.env["pos.session"].search_count(
            [("id", "=", session_id), ("config_id", "=", self.id)], limit=1
        ):
            return {"state": "none"}
        register._run_lane(register._wait())
        with self.pool.cursor() as cr:
            env = api.Environment(cr, self.env.uid, dict(self.env.context), su=True)
            document = env["fiscal.document"].search(
                [
                    ("event", "=", f"pos.session:{int(session_id)}:close"),
                    ("company_id", "=", register.company_id.id),
                    ("state", "!=", "cancelled"),
                ],
                limit=1,
            )
            if not document:
                return {"state": "none"}
            if document.state != "done":
                return {"state": "rejected" if document.state == "rejected" else "pending"}
            shift = document.shift_id
            return {
                "state": "done",
                "number": shift.number or document.shift_number,
                "differs": shift.differs,
                "url": shift.action_print()["url"] if shift else "",
                "lines": [[row["label"], str(row["odoo"])] for row in shift._counter_rows()] if shift else [],
            }

    def fiscal_check(self, order):
        """What stands against the receipts of an order that is not paid yet, asked of those who will make them.

        Writes nothing, and fails no sale: where the question itself fails, nothing stands against the order.

        :param dict order: as the till keeps it: `lines` and `payments` are lists of values; what is not paid yet is
            taken as paid
        :returns: `{"problems": [sentence, …], "warnings": [sentence, …]}`
        """
        register = self._fiscal_register_of_till()
        if not register:
            return {"problems": [], "warnings": []}
        try:
            return self.env["pos.order"]._fiscal_of_till(self, order)._fiscal_checked(register)
        except (ValueError, TypeError, KeyError, UserError) as error:
            _logger.warning("point of sale %s: an order could not be checked: %s", self.id, error)
            return {"problems": [], "warnings": []}

    def fiscal_drive(self, order_uuids):
        """Drain the lane of this point of sale's register for a bounded time, for the sake of `order_uuids`.

        Called by the till in a separate request once the orders are committed. It cannot make the sale fail.

        :param list[str] order_uuids: orders whose receipts the till waits for; empty for cash moves and shifts
        :returns: `{"register": {…}, "receipts": {uuid: {…}}, "call": …}` as the till shows them; if there is a `call`,
            the till carries it to the register and brings the reply with `fiscal_relay`
        """
        register = self._fiscal_register_of_till()
        if not register:
            return {"register": False, "receipts": {}}
        return register._drive(self.id, list(order_uuids))

    def fiscal_relay(self, order_uuids, token, reply):
        """Take the reply of this till's register to a request that the till has carried there.

        :param token: of the request
        :param dict reply: `{"status": int, "text": str}`, or `{"error": str}` if there was none
        :returns: as `fiscal_drive`
        """
        register = self._fiscal_register_of_till()
        if not register or not register._capabilities().relay:
            return {"register": False, "receipts": {}}
        return register._driven(self.id, list(order_uuids), register._relay_bring(token, reply))

    def fiscal_retry(self, order_uuids):
        """Retry waiting and refused documents, because the cashier presses “Try again”. Then the till calls
        `fiscal_drive` in a separate request, since what is written here must be committed before anything is sent.

        Queued documents and the register lose their pauses. A refused document is made anew from its order and queued
        if it has no problem now; else it stays refused and says what the problem is.

        :param list[str] order_uuids: orders of this point of sale; more than `RETRIES` of them wait for another call
        :returns: as `fiscal_drive`
        """
        register = self._fiscal_register_of_till()
        if not register:
            return {"register": False, "receipts": {}}
        orders = self.env["pos.order"].search(
            [("uuid", "in", list(order_uuids)), ("config_id", "=", self.id)], order="id", limit=RETRIES
        )
        documents = orders.sudo().with_context(fiscal_till=True).fiscal_document_ids.sorted("id")
        documents._try_again()
        register._try_again()
        return {
            "register": register._till_status(),
            "receipts": {order.uuid: order.sudo()._fiscal_receipts() for order in orders},
        }

    def fiscal_open_documents(self):
        """The documents of this till's register that wait for a decision, for users who may decide.

        :returns: `[{"id", "name", "state", "problem", "total", "since", "backup"}]`; `backup` names the register that
            could take it over, "" if none can
        """
        register = self._fiscal_register_to_decide()
        documents = self.env["fiscal.document"].sudo()
        documents = documents.search(
            [("register_id", "=", register.id), ("state", "in", ("queued", "unknown"))], order="id", limit=RETRIES
        )
        backup = register.backup_id if not register.backup_id._unfit_as_backup() else register.browse()
        return [
            {
                "id": document.id,
                "name": document.display_name,
                "state": document.state,
                "problem": document.error_message or "",
                "total": document.total,
                "since": document._local(document.create_date).strftime("%d.%m.%Y %H:%M"),
                "backup": (backup and document._may_use_backup() and backup.name) or "",
            }
            for document in documents
        ]

    def fiscal_decide(self, document_id, decision, reason, number="", sign=""):
        """A decision about a document of this till's register: `registered`, `not_registered`, `postpone`, `backup`."""
        register = self._fiscal_register_to_decide()
        document = self.env["fiscal.document"].search([("id", "=", document_id), ("register_id", "=", register.id)])
        if not document:
            raise UserError(self.env._("This receipt belongs to another register. Open the list again."))
        if decision == "backup":
            return document.action_use_backup()
        vals = {"decision": decision, "reason": reason, "fiscal_number": number, "fiscal_sign": sign}
        self.env["fiscal.decision"].create({"document_ids": document.ids, **vals}).action_confirm()
        return True

    def _fiscal_register_to_decide(self):
        self.env["fiscal.document"]._check_may_decide()
        return self._fiscal_register_of_till()

    def _fiscal_register_of_till(self):
        """The register behind this till, for one who may sell here and is a cashier of the register."""
        self.ensure_one()
        if not self.env.user.has_group("point_of_sale.group_pos_user"):
            raise AccessError(self.env._("Only users of the point of sale can print its receipts."))
        self.check_access("read")
        register = self.sudo().fiscal_register_id
        if register and not register.sudo(False).has_access("read"):
            raise AccessError(
                self.env._(
                    "You are not among the cashiers of the register “%s”. Ask its administrator to add you.",
                    register.name,
                )
            )
        return register
