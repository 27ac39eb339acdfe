"""Codes of goods and services that Ukrainian receipts carry."""

from __future__ import annotations

import re

_UKTZED = re.compile(r"[0-9]{10}")
_DKPP = re.compile(r"[0-9]{2}\.[0-9]{1,2}(\.[0-9]{1,2}){0,2}(-[0-9]{2}(\.[0-9]{2})?)?")


def uktzed(text: str) -> str:
    """A code of УКТЗЕД: ten digits, which may be grouped (1905 90 10 00); "" if `text` is not one."""
    digits = re.sub(r"\s", "", text)
    return digits if _UKTZED.fullmatch(digits) else ""


def dkpp(text: str) -> str:
    """A code of ДКПП, the classification of products and services: 62.01, 62.01.11-00.00; "" if `text` is not one."""
    code = text.strip()
    return code if _DKPP.fullmatch(code) else ""
