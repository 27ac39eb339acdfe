from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: departments that a register prints and counts (§5.2); 0 names none
DEPARTMENTS = range(17)


class ProductCategory(models.Model):
    _inherit = "product.category"

    kkm_server_department = fields.Integer(
        string="Department of KKM Server",
        help="Number of the section (отдел) under which the register prints and counts the goods, 1 to 16. "
        "0: the one of the register.",
    )

    @api.constrains("kkm_server_department")
    def _check_kkm_server_department(self):
        if any(category.kkm_server_department not in DEPARTMENTS for category in self):
            raise ValidationError(self.env._("A register has the departments 1 to 16; 0 names none."))


class ProductTemplate(models.Model):
    _inherit = "product.template"

    kkm_server_department = fields.Integer(
        string="Department of KKM Server",
        help="Number of the section (отдел) under which the register prints and counts the product, 1 to 16. "
        "0: the one of the product category, else of the register.",
    )
    # stored on the product, so that a sale at the till reads no category
    kkm_server_receipt_department = fields.Integer(
        string="Department on receipts", compute="_compute_kkm_server_receipt_department", store=True
    )

    @api.depends("kkm_server_department", "categ_id.kkm_server_department")
    def _compute_kkm_server_receipt_department(self):
        for template in self:
            template.kkm_server_receipt_department = (
                template.kkm_server_department or template.categ_id.kkm_server_department
            )

    @api.constrains("kkm_server_department")
    def _check_kkm_server_department(self):
        if any(template.kkm_server_department not in DEPARTMENTS for template in self):
            raise ValidationError(self.env._("A register has the departments 1 to 16; 0 names none."))


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _fiscal_line_vals(self):
        return {**super()._fiscal_line_vals(), "kkm_server_department": self.kkm_server_receipt_department}
