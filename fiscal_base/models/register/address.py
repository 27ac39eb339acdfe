from odoo import api, models
from odoo.exceptions import ValidationError

from ...tools.address import address_problem


class FiscalAddress(models.AbstractModel):
    """Fields that hold the address of a service, marked `address="host"`, or `address="path"` where it has a path.

    Login, password and the like have their own fields, which are neither shown nor logged; inside an address they would
    be. An address with a part that it must not have is refused when it is saved.
    """

    _name = "fiscal.address"
    _description = "Has the address of a service"

    def _valid_field_parameter(self, field, name):
        return name == "address" or super()._valid_field_parameter(field, name)

    @api.constrains(lambda self: [name for name, field in self._fields.items() if getattr(field, "address", None)])
    def _check_addresses(self):
        words = {
            "no_address": self.env._("it begins with http:// or https://, and the name of a computer follows"),
            "login": self.env._("it has a login or password, which have fields of their own"),
            "query": self.env._("nothing may follow after “?” or “#”"),
            "path": self.env._("nothing may follow the name of the computer and the port"),
        }
        for record in self.sudo():
            for name, field in self._fields.items():
                kind = getattr(field, "address", None)
                if kind and record[name] and (problem := address_problem(record[name], kind == "path")):
                    label = field._description_string(self.env)
                    raise ValidationError(
                        self.env._("“%(field)s” is not right: %(problem)s.", field=label, problem=words[problem])
                    )
