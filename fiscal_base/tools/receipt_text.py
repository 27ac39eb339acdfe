"""The template from which the text of a receipt line is made for a payment: plain text with tags in braces.

    {legal} за {customer} - {note}

A template is data: nothing in it is evaluated. A tag is looked up by its name and replaced by text, and a value is
never read as a template. A tag without a value also removes the dash, comma or bracket that would be left dangling.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from .text import one_line, shorten

#: characters that the name of a line may have (FFD tag 1030)
LIMIT = 128

_TAG = re.compile(r"\{([^{}]*)\}")

# Placeholders, while a text is put together, for a tag with a value and for one without. Text cleaned by `one_line`
# contains no such characters.
_VALUE, _NONE = "\ue000", "\ue001"
_SEPARATORS = r"\s\-‐‑–—−,;:.|/·•"
_SIGNS = "№#"
_OPENING, _CLOSING = "([«“„", ")]»”!?"
#: brackets and quotes around nothing
_EMPTY_PAIR = re.compile(
    "|".join(
        rf"{start}[{_SEPARATORS}]*{_NONE}[{_SEPARATORS}{_NONE}]*{end}"
        for start, end in ((r"\(", r"\)"), (r"\[", r"\]"), ("«", "»"), ("[“„]", "[“”]"))
    )
    + f"|\"{_NONE}+\"|'{_NONE}+'"
)
#: tags without a value, with the separators on both sides and the number sign before them
_GAP = re.compile(rf"[{_SEPARATORS}{_SIGNS}]*{_NONE}(?:[{_SEPARATORS}{_SIGNS}]*{_NONE})*[{_SEPARATORS}]*")


@dataclass(frozen=True)
class Contract:
    """The contract, subscription or order behind a payment, as far as a receipt may mention it.

    :param name: as the customer knows it
    :param subjects: what it is about, each a short name
    :param begin: first day, None if it has none
    :param end: last day, None if it is open
    :param payer: who pays, if the contract says so
    :param customer: the person served, if the contract says so
    """

    name: str = ""
    subjects: tuple[str, ...] = ()
    begin: date | None = None
    end: date | None = None
    payer: str = ""
    customer: str = ""


def tag_name(text: str) -> str:
    """The name of a tag as it is looked up: `{ Customer }` is `{customer}`."""
    return one_line(text).casefold()


def tags(template: str | None) -> list[str]:
    """Names of the tags in `template` in order, each once."""
    return list(dict.fromkeys(tag_name(name) for name in _TAG.findall(one_line(template))))


def unknown(template: str | None, known: Collection[str]) -> list[tuple[str, str]]:
    """Tags of `template` that are not in `known`, each with the one that was probably meant, or ""."""
    return [(tag, suggestion(tag, known)) for tag in tags(template) if tag not in known]


def suggestion(tag: str, known: Collection[str]) -> str:
    """The name in `known` that is most like `tag`, or "" if none is."""
    return next(iter(get_close_matches(tag, known, n=1, cutoff=0.5)), "")


def stray_brace(template: str | None) -> bool:
    """Whether there is a brace that belongs to no tag."""
    return bool(re.search("[{}]", _TAG.sub("", one_line(template))))


def fill(template: str | None, value_of: Callable[[str], str | None]) -> str:
    """`template` with its tags replaced, on one line.

    :param value_of: returns the text of a tag by its name; nothing for a tag without a value
    :returns: text of any length, without double spaces and dangling separators
    """
    values = []

    def place(match):
        value = one_line(value_of(tag_name(match[1])))
        if value:
            values.append(value)
        return _VALUE if value else _NONE

    text = _TAG.sub(place, one_line(template))
    while text != (less := _EMPTY_PAIR.sub(_NONE, text)):
        text = less
    first, *others = _GAP.sub(_join, text).split(_VALUE)
    return one_line(first + "".join(value + rest for value, rest in zip(values, others, strict=True)))


def _join(gap):
    """What remains between two texts if the tags between them have no value: the strongest of their separators."""
    text, start, end = gap.string, gap.start(), gap.end()
    if start == 0 or end == len(text) or text[start - 1] in _OPENING or text[end] in _CLOSING:
        return ""
    separators = [re.sub(f"[{_SIGNS}]", "", part) for part in gap[0].split(_NONE)]
    return max(separators, key=lambda part: (" " in part, len(part.replace(" ", ""))))


def cut(text: str | None, limit: int = LIMIT) -> tuple[str, str]:
    """`text` as it fits on the receipt, and the full text if it had to be shortened, else ""."""
    whole = one_line(text)
    short = shorten(whole, limit)
    return short, whole if short != whole else ""
