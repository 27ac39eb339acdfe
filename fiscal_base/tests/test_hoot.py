"""The unit tests of the till's JavaScript, which run in a browser (`static/tests/unit`)."""

import re
from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tests.common import ChromeBrowser

SUITE = "@fiscal_base"


def suite_hash(name):
    """The id under which Hoot knows a suite."""
    value = 0
    for letter in name:
        value = ((value << 5) - value + ord(letter)) & 0xFFFFFFFF
    return f"{value:08x}"


@tagged("post_install", "-at_install", "fiscal_browser")
class TestHoot(HttpCase):
    def test_unit_desktop(self):
        said = []
        own = ChromeBrowser._handle_console

        def listen(browser, type, args=None, stackTrace=None, **kw):
            said.append(" ".join(str(arg.get("value", "")) for arg in args or []))
            return own(browser, type, args=args, stackTrace=stackTrace, **kw)

        with patch.object(ChromeBrowser, "_handle_console", listen):
            self.browser_js(
                f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite_hash(SUITE)}",
                "",
                "",
                login="admin",
                timeout=600,
                success_signal="[HOOT] Test suite succeeded",
                error_checker=lambda message: "[HOOT]" not in message,
            )
        passed = [int(count) for line in said for count in re.findall(r"Passed (\d+) tests", line)]
        self.assertEqual(len(passed), 1, said[-5:])
        self.assertGreater(passed[0], 0)
