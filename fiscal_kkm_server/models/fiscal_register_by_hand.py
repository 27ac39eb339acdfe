from uuid import uuid4

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

from odoo.addons.fiscal_base.tools.receipt import Person
from odoo.addons.fiscal_base.tools.transport import Answer, Lost

from .. import protocol, texts

#: days before the end of a fiscal storage from which the user is warned
EXPIRES_SOON = 30
#: jobs for accountants; the others are for users who may change registers
FOR_ACCOUNTANTS = {"copy"}


class FiscalRegister(models.Model):
    """Jobs: what users ask a register for by a button, apart from its documents. The command of a job and the meaning
    of its answer are the same for all connections.
    """

    _inherit = "fiscal.register"

    kkm_server_asked_at = fields.Datetime(string="Asked how it is", readonly=True, copy=False)

    # === Buttons ===

    def action_test_connection(self):
        """List the registers of KKM Server to choose from, with a warning for each that does not fit this company. Tell
        users who cannot choose how the register is.
        """
        self.ensure_one()
        if self.provider != "kkm_server":
            return super().action_test_connection()
        if not self.has_access("write"):
            self.check_access("read")
            return self._kkm_server_tell_next_call() if self._kkm_server_calls() else super().action_test_connection()
        return self._kkm_server_by_hand("devices")

    def action_kkm_server_slip(self):
        """Print a slip that is no fiscal document."""
        return self._kkm_server_by_hand("slip", text=self._kkm_server_slip_text())

    def action_kkm_server_drawer(self):
        return self._kkm_server_by_hand("drawer")

    def action_kkm_server_ofd_report(self):
        return self._kkm_server_by_hand("ofd_report")

    def _kkm_server_slip_text(self):
        return [
            ">#0#<" + self.env._("Odoo reaches this register"),
            "<<->>",
            self.name,
            self._local(fields.Datetime.now()).strftime("%d.%m.%Y %H:%M:%S"),
        ]

    # === Connections ===

    def _kkm_server_by_hand(self, name, **details):
        """Do the job, at once if the connection allows it.

        :returns: an action that shows the result, or says when it will come
        """
        self._kkm_server_check_job(name)
        if self.kkm_server_connection == "browser":
            return {
                "type": "ir.actions.client",
                "tag": "fiscal_kkm_server_job",
                "params": {"register_id": self.id, "name": name, "details": details},
            }
        if self.kkm_server_connection == "callback":
            return self._kkm_server_ask_later(name, details)
        command = self._kkm_server_job(name, str(uuid4()), **details)
        action = self._kkm_server_job_action(name, self._kkm_server_send(protocol.freeze(command)))
        if name == "devices":
            self._status()
        return action

    def kkm_server_job(self, name, details):
        """For a browser beside KKM Server: the request of a job.

        :returns: as `fiscal.register._relay_take`
        """
        self._kkm_server_check_job(name)
        command = self._kkm_server_job(name, str(uuid4()), **details)
        return self._relay_call(self._kkm_server_http(protocol.freeze(command)), "")

    def kkm_server_job_said(self, name, reply):
        """For a browser beside KKM Server: an action that shows the answer to the request of a job."""
        self._kkm_server_check_job(name)
        return self._kkm_server_job_action(name, _reply(reply))

    def _kkm_server_check_job(self, name):
        self.ensure_one()
        accountant = name in FOR_ACCOUNTANTS and self.env.user.has_group("fiscal_base.group_fiscal_accountant")
        self.check_access("read" if accountant else "write")
        if self.provider != "kkm_server" or name not in _JOBS:
            raise AccessError(self.env._("This register cannot be asked for that."))

    def _kkm_server_ask_later(self, name, details):
        """Leave the job for the next call of KKM Server."""
        server = self.kkm_server_id
        self.env["fiscal.kkm.server.task"].sudo().create(
            {
                "server_id": server.id,
                "register_id": self.id,
                "user_id": self.env.uid,
                "name": name,
                "details": details,
                "key": str(uuid4()),
            }
        )
        if name != "devices":
            return self._kkm_server_told_later()
        return self._kkm_server_tell_next_call()

    def _kkm_server_tell_next_call(self):
        """Have the next call asked how the register is."""
        self.sudo().kkm_server_asked_at = False
        return self._kkm_server_told_later()

    def _kkm_server_told_later(self):
        server = self.sudo().kkm_server_id
        if not server.last_seen:
            return _notification(
                self.env._("KKM Server has not called yet"),
                self.env._("Set it up as the form says; the answer is written under this register."),
                "warning",
            )
        return _notification(
            self.env._("KKM Server answers with its next calls"),
            self.env._("The answer is written under this register, in about %s seconds.", 2 * server.interval),
            "info",
        )

    def _kkm_server_ask_how_it_is(self):
        """The key of a new health check, recorded as asked; "" while the lane is at work."""
        with self._lane() as register:
            if not register:
                return ""
            now = fields.Datetime.now()
            register._once(lambda: register.write({"kkm_server_asked_at": now}))
        return f"status-{self.id}-{now:%Y%m%d%H%M%S}"

    def _kkm_server_told_how_it_is(self, reply):
        with self._lane(wait=True) as register:
            if register:
                status = register._kkm_server_said_status(reply)
                register._once(lambda: register._note_status(status))

    # === Jobs ===

    def _kkm_server_job(self, name, key, text=(), number=0):
        """The command of a job.

        :param text: lines of the slip
        :param number: of the fiscal document to be printed again
        """
        device = self._kkm_server_device()
        employee = self.env.user._fiscal_employee(self.company_id) or self.employee_id
        cashier = Person(employee.sudo().name or "", employee.sudo().fiscal_tax_number or "")
        if name == "slip":
            return protocol.slip(device, key, [str(line)[:200] for line in text][:20])
        if name == "drawer":
            return protocol.open_drawer(device, key)
        if name == "ofd_report":
            return protocol.ofd_report(device, key, cashier)
        if name == "copy":
            return protocol.get_data_check(device, int(number), copies=1)
        return protocol.list_devices()

    def _kkm_server_job_said(self, name, reply):
        """The answer to a job: a message for the user, and whether the job succeeded."""
        command = _JOBS[name]
        if name == "devices":
            devices = protocol.parse_devices(reply)
            if not isinstance(devices, protocol.Failure):
                return self._kkm_server_devices_said(devices), True
            return self._kkm_server_sentence(devices.code, devices.message), False
        said = protocol.read(reply, command)
        if isinstance(said, protocol.Failure):
            return self._kkm_server_sentence(said.code, said.message), False
        return self.env._(texts.JOBS[name]), True

    def _kkm_server_job_action(self, name, reply):
        """The same as an action: a notification, or the dialog with the registers that were found."""
        if name == "devices":
            devices = protocol.parse_devices(reply)
            if not isinstance(devices, protocol.Failure):
                return self._kkm_server_offer(devices)
        words, good = self._kkm_server_job_said(name, reply)
        return _notification(self.name, words, "success" if good else "danger", sticky=not good)

    # === The registers that were found ===

    def action_kkm_server_choose(self):
        """Let the user choose among the registers that KKM Server knows."""
        self.ensure_one()
        self.check_access("write")
        return self._kkm_server_by_hand("devices")

    def _kkm_server_offer(self, devices):
        """The dialog to choose from `devices`, which also shows the state of the chosen one."""
        registers = [device for device in devices if device.is_register]
        if not registers:
            raise UserError(self.env._("KKM Server has no register yet. Add it there under «Настройка оборудования»."))
        wizard = self.env["fiscal.kkm.server.setup"]._offer(self, registers)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Registers of KKM Server"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def _kkm_server_devices_said(self, devices):
        """`devices` as text for the chatter, if KKM Server calls. If there is only one, it is chosen."""
        registers = [device for device in devices if device.is_register]
        if not registers:
            return self.env._("KKM Server has no register yet. Add it there under «Настройка оборудования».")
        mine = [device for device in registers if self._kkm_server_is(device)]
        if len(registers) == 1 and not mine and not self._kkm_server_named():
            self._kkm_server_take(registers[0].serial, registers[0].number)
            mine = registers
        words = [
            self.env._("%(number)s. %(name)s, serial number %(serial)s", **vars(device) | {"number": device.number})
            for device in registers
        ]
        words = [self.env._("KKM Server has these registers:"), *words]
        if mine:
            return "\n".join([*words, *self._kkm_server_warnings(mine[0])])
        return "\n".join([*words, self.env._("Enter the serial number of this one on its form.")])

    def _kkm_server_named(self):
        return bool(self.kkm_server_serial_number or self.kkm_server_device_number)

    def _kkm_server_is(self, device):
        if self.kkm_server_serial_number:
            return self.kkm_server_serial_number.strip() == device.serial
        return bool(self.kkm_server_device_number) and self.kkm_server_device_number == device.number

    def _kkm_server_take(self, serial, number):
        """Choose by serial number if there is one: it survives a new set-up of KKM Server (§1.4)."""
        self.write({"kkm_server_serial_number": serial, "kkm_server_device_number": 0 if serial else number})

    def _kkm_server_warnings(self, device):
        """Sentences about what does not fit this company or will soon need attention."""
        company = self.company_id
        found = []
        own = company.fiscal_tax_number
        if device.tax_number and own and device.tax_number != own:
            found.append(
                self.env._(
                    "The register belongs to the tax number (ИНН) %(theirs)s, this company has %(own)s.",
                    theirs=device.tax_number,
                    own=own,
                )
            )
        if device.tax_systems and company.fiscal_tax_system and company.fiscal_tax_system not in device.tax_systems:
            labels = dict(company._fields["fiscal_tax_system"]._description_selection(self.env))
            found.append(
                self.env._(
                    "The register is registered for %(theirs)s, this company has %(own)s.",
                    theirs=", ".join(labels[system] for system in device.tax_systems),
                    own=labels[company.fiscal_tax_system],
                )
            )
        if not device.usable:
            found.append(self.env._("The register is switched off in KKM Server or does not answer it."))
        if device.expires and (device.expires - fields.Datetime.now()).days < EXPIRES_SOON:
            found.append(self.env._("Its fiscal storage ends on %s.", device.expires.strftime("%d.%m.%Y")))
        if device.unsent:
            found.append(self.env._("%s documents have not reached the operator of fiscal data (ОФД).", device.unsent))
        if device.test:
            found.append(self.env._("Its fiscal storage is a test one: nothing is fiscal."))
        return found

    # === A KKM Server that has stopped calling ===

    def _watch(self):
        result = super()._watch()
        if self._kkm_server_calls() and self.kkm_server_id:
            self._kkm_server_watch_calls()
        return result

    def _kkm_server_watch_calls(self):
        """Show the register as unreachable after its KKM Server has missed two calls, until it calls again."""
        server = self.kkm_server_id
        now = fields.Datetime.now()
        silent = (now - (server.last_seen or self.create_date)).total_seconds() > 2 * server.interval + 5
        summary = self.env._("KKM Server does not call")
        mine = self.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref("fiscal_kkm_server.activity_silent")
        )
        if silent:
            words = self.env._(
                "KKM Server has not called since %s. Check that it runs, and that its computer reaches the Internet.",
                (server.last_seen and self._local(server.last_seen).strftime("%d.%m.%Y %H:%M:%S")) or "—",
            )
            if self.health != "offline" or self.health_message != words:
                self.write({"health": "offline", "health_message": words})
            if not mine:
                self.activity_schedule(
                    "fiscal_kkm_server.activity_silent",
                    user_id=self._responsible().id,
                    summary=summary,
                    note=plaintext2html(words),
                )
        else:
            if mine:
                mine.action_feedback(self.env._("It calls again."))
            if not self.last_seen or (now - self.last_seen).total_seconds() > 60:
                self.last_seen = server.last_seen


#: job → name of its command (§3)
_JOBS = {
    "devices": "List",
    "slip": "RegisterCheck",
    "drawer": "OpenCashDrawer",
    "ofd_report": "OfdReport",
    "copy": "GetDataCheck",
}


def _reply(raw):
    """The reply that a browser has brought."""
    raw = raw if isinstance(raw, dict) else {}
    status, text = raw.get("status"), raw.get("text")
    if isinstance(status, int) and isinstance(text, str):
        return Answer(status, text)
    return Lost(str(raw.get("error") or "")[:200])


def _notification(title, message, kind, sticky=False):
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "title": title,
            "message": message,
            "type": kind,
            "sticky": sticky,
            "next": {"type": "ir.actions.client", "tag": "soft_reload"},
        },
    }
