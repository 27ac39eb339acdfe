"""Checkbox's protocol without I/O: `documents` builds, `checks` refuses early, `answers` reads, `conversations` signs
in, sends and asks back.

`§` in the docstrings names a section of docs/protocols/checkbox.md. This package imports no odoo and opens
no socket.
"""

from .answers import Failure, error, expired, failed, listed, moment, read, words
from .calls import Call, get, http, post
from .checks import Problem, problems
from .conversations import Condition, Ticket, ask, authorized, condition, lookup, submit
from . import documents
from .documents import Circumstances, Form, Settings, build, phone

__all__ = [
    "Call",
    "Circumstances",
    "Condition",
    "Failure",
    "Form",
    "Problem",
    "Settings",
    "Ticket",
    "ask",
    "authorized",
    "build",
    "condition",
    "documents",
    "error",
    "expired",
    "failed",
    "get",
    "http",
    "listed",
    "lookup",
    "moment",
    "phone",
    "post",
    "problems",
    "read",
    "submit",
    "words",
]
