"""Vchasno.Kasa's protocol without I/O: `requests` builds, `checks` refuses early, `answers` reads, `conversations`
sends and asks back. The till drives the bank terminal: `static/src/app/utils/payment`.

`§` in the docstrings names a section of docs/protocols/vchasno.md. This package imports no odoo and opens
no socket, so the same code serves the server, a browser beside the register, and tests.
"""

from .answers import parse, parse_delivery, parse_receipt, parse_status
from .checks import Problem, problems
from .conversations import lookup, status, submit
from .requests import Access, Settings, build, clean, freeze, http, notification, question, receipt_view, recipient

__all__ = [
    "Access",
    "Problem",
    "Settings",
    "build",
    "clean",
    "freeze",
    "http",
    "lookup",
    "notification",
    "parse",
    "parse_delivery",
    "parse_receipt",
    "parse_status",
    "problems",
    "question",
    "receipt_view",
    "recipient",
    "status",
    "submit",
]
