"""KKM Server's protocol without I/O: `commands` builds, `checks` refuses early, `answers` reads,
`conversations` sends and asks back.

`§` in the docstrings names the section of the protocol notes, `kkm_server.md`. Nothing here imports odoo or opens a
socket, so the same code serves a call from the server, from a browser beside the register, and a test.
"""

from .answers import Failure, ListedDevice, parse, parse_devices, parse_status
from .checks import Problem, problems
from .commands import Device, build, freeze, get_data_kkt, http, list_devices
from .conversations import lookup, submit

__all__ = [
    "Device",
    "Failure",
    "ListedDevice",
    "Problem",
    "build",
    "freeze",
    "get_data_kkt",
    "http",
    "list_devices",
    "lookup",
    "parse",
    "parse_devices",
    "parse_status",
    "problems",
    "submit",
]
