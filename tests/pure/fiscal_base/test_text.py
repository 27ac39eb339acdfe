"""Text as a register takes it."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from addons.fiscal_base.tools.text import one_line, shorten

texts = st.text(max_size=80) | st.text("аб я\u0301\u200b\u00ad\t\r\n-,", max_size=80)


@given(texts)
@example("e\u200b\u0301")
def test_one_line_is_one_clean_line(text):
    line = one_line(text)
    assert not any(unicodedata.category(character)[0] == "C" for character in line)
    assert not any(character.isspace() and character != " " for character in line)
    assert "  " not in line
    assert line == line.strip()
    assert one_line(line) == line


@given(texts, st.integers(1, 60))
def test_shorten_keeps_the_limit(text, limit):
    short = shorten(text, limit)
    assert len(short) <= limit
    assert one_line(text).startswith(short)
    assert short == one_line(text) or len(one_line(text)) > limit
    assert short == short.strip()


@pytest.mark.parametrize("empty", [None, "", " \n\t", "\x00\x1f"])
def test_nothing(empty):
    assert one_line(empty) == shorten(empty, 10) == ""


def test_shorten_cuts_on_a_word():
    assert shorten("Хлеб «Бородинский» 400 г", 20) == "Хлеб «Бородинский»"
    assert shorten("Хлеб «Бородинский»", 18) == "Хлеб «Бородинский»"
    assert shorten("Хлеб, «Бородинский»", 6) == "Хлеб"
    assert shorten("Электрочайник", 7) == "Электро"
    assert shorten("А Электрочайник", 9) == "А Электро", "a cut word is better than a lost one"
