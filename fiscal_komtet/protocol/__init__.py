"""The Shop API v2 of Komtet Kassa without I/O: `tasks` builds, `checks` refuses early, `signing` signs and verifies,
`answers` and `callbacks` read.

`§` in the docstrings names a section of docs/protocols/komtet.md. This package imports no odoo and opens no socket.
"""

from .answers import parse_queue, parse_submit, parse_task, task_id
from .callbacks import Callback, address_problem, callback_url, parse_callback
from .checks import Problem, problems
from .signing import is_genuine, request_to, signature
from .tasks import Settings, build, first_contact, freeze, thaw, time_zone

__all__ = [
    "Callback",
    "Problem",
    "Settings",
    "address_problem",
    "build",
    "callback_url",
    "first_contact",
    "freeze",
    "is_genuine",
    "parse_callback",
    "parse_queue",
    "parse_submit",
    "parse_task",
    "problems",
    "request_to",
    "signature",
    "task_id",
    "thaw",
    "time_zone",
]
