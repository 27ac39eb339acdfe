from odoo import models
from odoo.exceptions import AccessError

from .. import const, protocol
from ..transport import Busy, LineError, Session, open_line, serial_ports
from ..transport.lines import canonical, parse
from .fiscal_register import LINKS

#: seconds for which a place is listened to in one framing: a register confirms within 0.1
TIMES = protocol.Times(control=0.3, byte=0.2)


class FiscalRegister(models.Model):
    """Find registers: the browser asks for one place after the other, so it shows how far it is and can stop at any.

    A place is a port at a speed, or an address in the network. Nothing goes on behind the browser's back.
    """

    _inherit = "fiscal.register"

    def action_shtrih_find(self):
        """Search the serial ports of Odoo's server, at every speed, and the network, for registers."""
        self._shtrih_may_find()
        return {
            "type": "ir.actions.client",
            "tag": "fiscal_shtrih_find",
            "name": self.env._("Find registers"),
            "target": "new",
            "params": {"register_id": self.id, "places": self._shtrih_places()},
        }

    def shtrih_find_at(self, address, speed):
        """Who answers at one place of `action_shtrih_find`, within a few seconds.

        :returns: `state` (`found`, `silent`, `busy`, or `closed` where it cannot be opened); of a register also
            `framing`, `name` and `serial`
        """
        self._shtrih_may_find()
        if (address, speed) not in [(place["address"], place["speed"]) for place in self._shtrih_places()]:
            return {"state": "closed"}  # the cable is out by now
        with self._lane() as register:
            self._shtrih_free(register)
            for framing in LINKS:
                state, found = self._shtrih_hears(address, speed, framing)
                if state != "silent":
                    break
        return {"state": state, "framing": framing, **found._asdict()} if found else {"state": state}

    def _shtrih_may_find(self):
        self.ensure_one()
        self.check_access("write")
        if self.provider != "shtrih":
            raise AccessError(self.env._("This register cannot be asked for that."))

    def _shtrih_places(self):
        """The places that no other register of this database has, the likely ones first."""
        others = self.sudo().search(
            [("provider", "=", "shtrih"), ("shtrih_address", "!=", False), ("id", "!=", self.id)]
        )
        taken = {other._shtrih_place() for other in others}
        ports = [(port.address, port.text) for port in serial_ports()]
        network = [(const.RNDIS, self.env._("Network over USB"))]
        if self.shtrih_address:
            own = (self.shtrih_address.strip(), self.env._("The port on the form"))
            known = [canonical(address) for address, __ in ports + network]
            if self._shtrih_place() not in known:
                (network if parse(own[0]) else ports).insert(0, own)
        mine = int(self.shtrih_speed)
        speeds = [mine, *(speed for speed in const.SPEEDS if speed != mine)]
        return [
            {"address": address, "text": text, "speed": speed}
            for address, text, rates in (
                *((*port, speeds) for port in ports),
                *((*place, [mine]) for place in network),
            )
            if canonical(address) not in taken
            for speed in rates
        ]

    def _shtrih_hears(self, address, speed, framing):
        """State of the place in one framing, and the `protocol.Identity` of who answers."""
        try:
            with open_line(address, speed) as port:
                port.connect()
                found = Session(port, LINKS[framing](TIMES)).run(protocol.identity(self._shtrih_operator()))
        except Busy:
            return "busy", None
        except LineError:
            return "closed", None
        return ("found" if found else "silent"), found
