"""The unit tests of what a browser beside KKM Server does (`static/tests/unit`)."""

from odoo.tests import tagged

from odoo.addons.fiscal_base.tests import test_hoot


@tagged("post_install", "-at_install", "fiscal_browser")
class TestHoot(test_hoot.TestHoot):
    def setUp(self):
        super().setUp()
        self.patch(test_hoot, "SUITE", "@fiscal_kkm_server")
