"""The call of a KKM Server that fetches its commands (§2): reads its body, builds the answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .answers import unwrap, words
from .commands import thaw

#: form of our IdCommand: keys and tokens (§3: at most 40 characters)
_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")


class Call(NamedTuple):
    """One call: its credentials, and the results of earlier commands."""

    token: str
    results: list[dict]


def read(body: bytes) -> Call | None:
    """The call in `body`, None if it is none (§2.2).

    Numbers with a fraction stay text: nothing is computed before the caller is verified.
    """
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_float=str, parse_constant=lambda name: None)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or value.get("Command") != "GetCommand":
        return None
    token, results = value.get("Token"), value.get("ListRezult")
    if not isinstance(token, str):
        return None
    return Call(token, [item for item in results if isinstance(item, dict)] if isinstance(results, list) else [])


def identify(result: Mapping) -> tuple[str, str]:
    """Name and key of the command that a result belongs to; "" if it names no command of ours.

    The outer key of `GetRezult` may be empty: the result inside has it, however often it is wrapped (§2.5).
    """
    name = words(result.get("Command"))
    keys = (result, unwrap(dict(result))) if name == "GetRezult" else (result,)
    found = (part.get("IdCommand") for part in keys)
    return name, next((key for key in found if isinstance(key, str) and _KEY.fullmatch(key)), "")


def command(call: Mapping) -> str:
    """The text of the command in a request of the relay; a question has no key and gets that of the request."""
    return call["body"] if thaw(call).get("IdCommand") else with_key(call["body"], call["token"])


def with_key(body: str, key: str) -> str:
    """A command's text with an IdCommand."""
    return f'{{"IdCommand":{json.dumps(key)},{body[1:]}'


def answer(commands: Iterable[str]) -> str:
    """The answer to a call. The list is never left out and never null, which would end the loop of calls (§2.3)."""
    return f'{{"ListCommand":[{",".join(commands)}]}}'
