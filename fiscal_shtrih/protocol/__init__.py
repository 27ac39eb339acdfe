"""The Shtrih-M protocol without I/O.

`frames` and `link` carry one command over a line; `commands`, `answers` and `tlv` are its words; `plan` and `receipt`
turn a receipt into commands; `submit`, `lookup` and `examine` are the conversations. `§` in the docstrings names a
section of docs/protocols/shtrih.md. Nothing here imports odoo, opens a port or reads a clock.
"""

from .checks import problems
from .commands import Command, Commands, qr
from .examine import Identity, Seen, identity, status
from .link import Link1, Link2, Times
from .lookup import lookup
from .plan import Paper, prepare
from .profile import Profile
from .submit import Sent, submit

__all__ = [
    "Command",
    "Commands",
    "Identity",
    "Link1",
    "Link2",
    "Paper",
    "Profile",
    "Seen",
    "Sent",
    "Times",
    "identity",
    "lookup",
    "prepare",
    "problems",
    "qr",
    "status",
    "submit",
]
