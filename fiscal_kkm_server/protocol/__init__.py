"""KKM Server's protocol without I/O: `commands` builds, `checks` refuses early, `answers` reads,
`conversations` sends and asks back.

`§` in the docstrings names a section of docs/protocols/kkm_server.md. This package imports no odoo and opens
no socket, so the same code serves the server, a browser beside the register, and tests.
"""

from .answers import (
    Card,
    Failure,
    ListedDevice,
    Verdict,
    parse,
    parse_card,
    parse_devices,
    parse_marking,
    parse_status,
    read,
)
from .checks import Problem, problems
from .commands import (
    Device,
    Marked,
    Paper,
    build,
    cancel_card,
    freeze,
    get_data_check,
    get_data_kkt,
    get_rezult,
    http,
    list_devices,
    ofd_report,
    open_drawer,
    pay_by_card,
    prepare,
    return_by_card,
    settlement,
    slip,
    validate_marking,
)
from .conversations import lookup, submit
from .storage import Known

__all__ = [
    "Card",
    "Device",
    "Failure",
    "Known",
    "ListedDevice",
    "Marked",
    "Paper",
    "Problem",
    "Verdict",
    "build",
    "cancel_card",
    "freeze",
    "get_data_check",
    "get_data_kkt",
    "get_rezult",
    "http",
    "list_devices",
    "lookup",
    "ofd_report",
    "open_drawer",
    "parse",
    "parse_card",
    "parse_devices",
    "parse_marking",
    "parse_status",
    "pay_by_card",
    "prepare",
    "problems",
    "read",
    "return_by_card",
    "settlement",
    "slip",
    "submit",
    "validate_marking",
]
