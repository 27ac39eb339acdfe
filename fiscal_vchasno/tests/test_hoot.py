"""The unit tests of the bank terminal's JavaScript, which run in a browser (`static/tests/unit`)."""

from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.fiscal_base.tests import test_hoot


@tagged("post_install", "-at_install", "fiscal_browser")
class TestVchasnoHoot(test_hoot.TestHoot):
    def test_unit_desktop(self):
        with patch.object(test_hoot, "SUITE", "@fiscal_vchasno"):
            return super().test_unit_desktop()
