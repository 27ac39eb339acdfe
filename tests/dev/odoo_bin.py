"""Odoo's command line as a file: from `-m odoo`, a server with workers cannot start its process for websockets."""

import sys

sys.path.pop(0)  # this folder

from odoo.cli.command import main

main()
