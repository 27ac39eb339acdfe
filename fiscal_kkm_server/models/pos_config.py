from odoo import api, models

from .. import protocol
from .fiscal_register_by_hand import _reply


class PosConfig(models.Model):
    _inherit = "pos.config"

    @api.model
    def _load_pos_data_read(self, records, config):
        """Tell the till whether to check marking codes as they are scanned: not with a callback, which is too slow."""
        rows = super()._load_pos_data_read(records, config)
        for row in rows:
            register = self.browse(row["id"]).sudo().fiscal_register_id
            is_mine = register.provider == "kkm_server"
            row["_kkm_server_marking"] = (
                is_mine and register.kkm_server_connection != "callback" and register.kkm_server_check_marking
            )
        return rows

    def kkm_server_check_marking(self, name, code, reply=None):
        """Check a marking code that a till has scanned.

        :param reply: of KKM Server, where the till's browser has carried the request
        :returns: `{"call": …}` for the browser to carry, or `{"allowed": bool, "certain": bool, "message": str}`;
            if KKM Server cannot be asked, the piece is allowed, and checked again with the receipt
        """
        register = self._fiscal_register_of_till()
        if register.provider != "kkm_server" or register.kkm_server_connection == "callback":
            return {"allowed": True, "certain": False, "message": ""}
        if reply is None:
            piece = protocol.Marked(str(name), str(code)[:300])
            request = protocol.freeze(protocol.validate_marking(register._kkm_server_device(), [piece]))
            if register.kkm_server_connection == "browser":
                return {"call": register._relay_call(register._kkm_server_http(request), "")}
            said = register._kkm_server_send(request)
        else:
            said = _reply(reply)
        verdicts = protocol.parse_marking(said)
        if isinstance(verdicts, protocol.Failure):
            message = register._kkm_server_sentence(verdicts.code, verdicts.message)
            return {"allowed": True, "certain": False, "message": message}
        return {
            "allowed": all(verdict.allowed for verdict in verdicts),
            "certain": bool(verdicts) and all(verdict.certain for verdict in verdicts),
            "message": " ".join(verdict.words for verdict in verdicts if verdict.words),
        }
