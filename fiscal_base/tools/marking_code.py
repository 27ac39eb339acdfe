"""Marking codes as scanners, telephones and people write them. `static/src/app/utils/marking_code.js` does the same."""

from __future__ import annotations

import re

#: separates the groups of a marking code (FNC1 of GS1)
GROUP_SEPARATOR = "\x1d"

#: how a separator looks in a field, and what is typed where no key makes one
_SIGNS = re.compile("[␝↔]")
_STAND_INS = re.compile(r"<GS>|\{GS\}|\\u001d|~1", re.I)
#: identifiers of the symbology (]d2, ]C1) and a separator say before a code only that it is one of GS1
_PREFIX = re.compile(r"(?:\x1d|\][A-Za-z]\d)+")
_BRACKETED = re.compile(r"\(01\)[0-9]{14}\(21\)")
_BRACKETS = re.compile(r"\x1d?\((0[12]|1[0-7]|20|21|240|3[1-6][0-9]{2}|8005|9[0-9])\)")
#: groups after which GS1 wants no separator, since they have one length
_ONE_LENGTH = re.compile("0[12]|1[1-7]|20|3[1-6]")
_CYRILLIC = re.compile("[а-яёіїєґ]", re.I)
#: series and number of a Ukrainian excise stamp of paper, whose letters are read and typed as they are
_PAPER_STAMP = re.compile("[A-ZА-ЯІЇЄҐ]{4}[0-9]{6}")
_LAYOUT = str.maketrans(
    "йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁіїєґІЇЄҐ" + '"№;:?/.,',
    "qwertyuiop[]asdfghjkl;'zxcvbnm,.`" + 'QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>~' + "s]'\\S}\"|" + "@#$^&|/?",
)


def normalize(text: str) -> str:
    """The code as the register wants it (FFD tag 2000), from what was scanned, typed or pasted."""
    given = text.strip(" \t\r\n")
    if _PAPER_STAMP.fullmatch(given):
        return given
    meant = _as_meant(_SIGNS.sub(GROUP_SEPARATOR, given))
    code = _STAND_INS.sub(GROUP_SEPARATOR, meant)
    if prefix := _PREFIX.match(code):
        code = code[prefix.end() :]
    return re.sub(r"\x1d+", GROUP_SEPARATOR, _without_brackets(code))


def _as_meant(text: str) -> str:
    """Text that was typed while a Russian or Ukrainian layout was on, as it was meant; any other text as it is."""
    if not _CYRILLIC.search(text) or re.search("[A-Za-z]", text):
        return text
    meant = text.translate(_LAYOUT)
    return text if _CYRILLIC.search(meant) else meant


def _without_brackets(code: str) -> str:
    if not _BRACKETED.match(code):
        return code
    before = "01"

    def opened(match: re.Match) -> str:
        nonlocal before
        separator = "" if _ONE_LENGTH.match(before) else GROUP_SEPARATOR
        before = match[1]
        return separator + before

    return _BRACKETS.sub(opened, code)
