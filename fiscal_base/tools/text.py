"""Text as registers take it: one line, no control characters, cut on a word."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")


def one_line(text: str | None) -> str:
    """`text` without control characters and with every run of white space as one blank."""
    visible = "".join(
        " " if character.isspace() else character
        for character in text or ""
        if character.isspace() or unicodedata.category(character)[0] != "C"
    )
    return _SPACES.sub(" ", unicodedata.normalize("NFC", visible)).strip()


def shorten(text: str | None, limit: int) -> str:
    """`one_line(text)` with at most `limit` characters, cut at a word where that keeps more than half of it."""
    line = one_line(text)
    if len(line) <= limit:
        return line
    cut = line[:limit]
    if not line[limit].isspace() and " " in cut:
        word = cut.rsplit(" ", 1)[0]
        if len(word) * 2 > limit:
            cut = word
    return cut.rstrip(" ,;:-–—")
