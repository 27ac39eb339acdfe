"""A goods code that no register would take is refused on the product, long before somebody pays."""

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestGoodsCode(TransactionCase):
    def test_code_of_goods_or_services(self):
        product = self.env["product.template"].create({"name": "Печиво"})
        for code in ("1905901000", "1905 90 10 00", "62.01.11-00.00", "", False):
            product.fiscal_goods_code = code
        for code in ("19О5901000", "1905", "19059010001", "УКТЗЕД 1905901000"):
            with self.subTest(code), self.assertRaisesRegex(ValidationError, "neither one of УКТЗЕД"):
                product.fiscal_goods_code = code
