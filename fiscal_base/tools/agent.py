"""What a receipt says of an agent that moves money for others (FFD tag 1223)."""

from __future__ import annotations

import re

from ..const import AGENT_DATA, AGENT_NEEDS, PAYMENT_AGENTS
from .receipt import Line
from .tax_number import company_number
from .text import one_line, shorten

#: longest texts (FFD tags 1044, 1026, 1005)
LIMITS = {"operation": 24, "transfer_name": 64, "transfer_address": 256}


def agent_phone(text: str) -> str:
    """A telephone number of at most 19 characters, a Russian one as `+7…`; "" if it is not one."""
    compact = re.sub(r"[\s()./–-]", "", text)
    if russian := re.fullmatch(r"(?:\+7|7|8)(\d{10})", compact):
        return f"+7{russian[1]}"
    return compact if re.fullmatch(r"\+?[0-9]{5,18}", compact) else ""


def agent_data(line: Line) -> dict[str, str]:
    """The agent's data, keys as in `const.AGENT_DATA`, without invalid values; {} for agents of other kinds."""
    if line.agent not in PAYMENT_AGENTS:
        return {}
    given = line.extra.get("agent") or {}
    found = {key: _valid(key, one_line(str(given.get(key) or ""))) for key in AGENT_DATA}
    return {key: text for key, text in found.items() if text}


def agent_is_known(line: Line) -> bool:
    """Whether everything is there that the law requires of this agent."""
    data = agent_data(line)
    return all(key in data for key in AGENT_NEEDS.get(line.agent, ()))


def _valid(key: str, text: str) -> str:
    if key.endswith("phone"):
        return agent_phone(text)
    if key == "transfer_tax_number":
        return company_number(text, "RU") or ""
    return shorten(text, LIMITS[key])
