"""The same goods and the same money are on one receipt, whichever two ways lead there."""

from odoo.tests import tagged

from .ways import WaysCase, pairs_of
from .ways_of_invoice import WaysOfInvoice


@tagged("post_install", "-at_install")
@pairs_of
class TestWaysOfInvoice(WaysOfInvoice, WaysCase):
    """What is sold by an invoice."""
