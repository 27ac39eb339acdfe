"""The text of a receipt line, made from a template with tags."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from addons.fiscal_base.tools.receipt_text import LIMIT, cut, fill, stray_brace, suggestion, tags, unknown
from addons.fiscal_base.tools.text import one_line

KNOWN = (
    "legal",
    "customer",
    "note",
    "amount",
    "date",
    "invoice",
    "order",
    "pay.ctt.tariff_name",
    "pay.ctt.subjects",
    "custom_predmet",
)
SCHOOL = "{legal} за обучение {customer} - {note}"
FAMILY = {"legal": "Иванов Петр Михайлович", "customer": "Иванов Антон Петрович", "note": "за октябрь"}


def filled(template, **values):
    return fill(template, values.get)


# === Examples ===


def test_the_sentence_of_a_school():
    assert filled(SCHOOL, **FAMILY) == "Иванов Петр Михайлович за обучение Иванов Антон Петрович - за октябрь"


@pytest.mark.parametrize(
    ("template", "values", "text"),
    [
        (SCHOOL, {"legal": "Иванов", "customer": "Антон"}, "Иванов за обучение Антон"),
        (SCHOOL, {"legal": "Иванов", "note": "за октябрь"}, "Иванов за обучение - за октябрь"),
        (SCHOOL, {"customer": "Антон", "note": "за октябрь"}, "за обучение Антон - за октябрь"),
        (SCHOOL, {}, "за обучение"),
        ("{legal}, {customer}, {note}", {"legal": "A", "note": "C"}, "A, C"),
        ("{legal}, {customer} - {note}", {"note": "C"}, "C"),
        ("{legal} - {customer} - {note}", {"legal": "A"}, "A"),
        ("{legal} - {customer} - {note}", {"legal": "A", "note": "C"}, "A - C"),
        ("{legal}{customer}{note}", {"legal": "A", "note": "C"}, "AC"),
        ("Оплата ({invoice}) от {date}", {"date": "01.11.2026"}, "Оплата от 01.11.2026"),
        ("Оплата ({invoice}, {order})", {"order": "S1"}, "Оплата (S1)"),
        ("Оплата ({invoice}, {order})", {"invoice": "I1"}, "Оплата (I1)"),
        ("Оплата ({invoice}, {order}), спасибо", {}, "Оплата, спасибо"),
        ("Договор «{order}» - {note}", {"note": "май"}, "Договор - май"),
        ("Счёт № {invoice} - {note}", {"note": "май"}, "Счёт - май"),
        ("Счёт № {invoice}", {}, "Счёт"),
        ("{note} № {invoice}", {"invoice": "7"}, "№ 7"),
        ("По счёту {invoice}.", {}, "По счёту"),
        ("По счёту {invoice}. {note}", {"note": "Май"}, "По счёту. Май"),
        ("Договор {order}-{note}", {"note": "7"}, "Договор 7"),
        ('Пакет "{order}", {note}', {"note": "май"}, "Пакет, май"),
        ("{ Legal }  –\t{NOTE}", {"legal": "A", "note": "C"}, "A – C"),
        ("Без тегов -", {}, "Без тегов -"),
        ("", {}, ""),
        (None, {}, ""),
    ],
)
def test_nothing_dangles(template, values, text):
    assert filled(template, **values) == text


def test_a_value_is_never_a_template():
    values = {"legal": "{note}", "note": "{legal} %(x)s {0.__class__}", "customer": "\ue000\ue001{"}
    assert filled("{legal}|{note}|{customer}", **values) == "{note}|{legal} %(x)s {0.__class__}|{"


def test_a_value_keeps_its_own_dashes():
    assert filled("{legal} - {customer} - {note}", legal="- A -", note="-5 °C") == "- A - - -5 °C"


# === Tags ===


def test_tags_in_their_order():
    assert tags("{note} {legal} { NOTE } {pay.ctt.subjects} {}") == ["note", "legal", "pay.ctt.subjects", ""]


@pytest.mark.parametrize(
    ("tag", "meant"),
    [
        ("costumer", "customer"),
        ("customr", "customer"),
        ("legla", "legal"),
        ("notes", "note"),
        ("tariff_name", "pay.ctt.tariff_name"),
        ("pay.ctt.subject", "pay.ctt.subjects"),
        ("predmet", "custom_predmet"),
        ("клиент", ""),
        ("", ""),
    ],
)
def test_what_was_probably_meant(tag, meant):
    assert suggestion(tag, KNOWN) == meant
    assert unknown(f"{{legal}} {{{tag}}}", KNOWN) == [(tag, meant)]


@pytest.mark.parametrize("template", ["{legal", "legal}", "{{legal}}", "{legal} {", "}{", "{legal}}"])
def test_a_brace_that_belongs_to_no_tag(template):
    assert stray_brace(template)


def test_braces_in_pairs():
    assert not stray_brace("{legal} {} {что угодно}")


# === Properties ===

names = st.sampled_from(KNOWN)
anything = st.text(max_size=60) | st.text("{}legalnote -–,.()«»№ \t\n\ue000\ue001\x00", max_size=60)
words = st.text("абвxyz0189", min_size=1, max_size=8)
separators = st.sampled_from([" ", " - ", ", ", " – ", ": ", "-", " (", ") ", ". ", " № ", "; ", " / "])
templates = st.lists(separators | words | names.map("{{{}}}".format), max_size=14).map("".join)
values = st.dictionaries(names, words | st.just(""), max_size=len(KNOWN))


@given(anything | templates, st.dictionaries(names | st.text(max_size=8), st.none() | anything, max_size=8))
@example("{legal}", {"legal": "\u0301"})
@example("a{legal}", {"legal": "\u0301"})
def test_any_template_and_any_data_give_one_clean_line(template, data):
    text = fill(template, data.get)
    assert text == one_line(text)
    assert "  " not in text
    assert not any(unicodedata.category(character)[0] == "C" for character in text)


@given(templates, values)
def test_every_value_stands_in_the_text_and_no_tag_does(template, data):
    text = fill(template, data.get)
    assert not re.search("[{}]", text)
    for tag in tags(template):
        assert data.get(tag, "") in text
    for word in re.findall("[абвxyz0189]+", re.sub(r"\{[^{}]*\}", " ", template)):
        assert word in text


@given(templates, words)
def test_with_all_values_only_the_tags_are_replaced(template, word):
    assert fill(template, lambda tag: word) == one_line(re.sub(r"\{[^{}]*\}", word, template))


joints = st.sampled_from([" ", " - ", ", ", " – ", ": ", "; ", " / ", ". "])


@given(st.lists(st.tuples(words | names.map("{{{}}}".format), joints), max_size=8), values)
def test_no_double_space_no_dangling_dash(parts, data):
    """Words and tags with one separator between each two: so it is in the text, whatever has no value."""
    template = "".join(part + joint for part, joint in parts)
    template = template[: -len(parts[-1][1])] if parts else ""
    text = fill(template, data.get)
    assert re.fullmatch(r"(\w+((| [-–/]|[,:;.]) \w+)*)?", text), text


@given(templates)
def test_a_known_template_has_no_problem_and_a_foreign_tag_is_found(template):
    assert unknown(template, KNOWN) == []
    assert not stray_brace(template)
    assert [tag for tag, __ in unknown(template + "{нет такого}", KNOWN)] == ["нет такого"]


@given(anything)
def test_each_tag_found_is_asked_for_once_in_place(template):
    asked = []
    fill(template, lambda tag: asked.append(tag) or "x")
    assert list(dict.fromkeys(asked)) == tags(template)


@given(st.text(max_size=400) | st.lists(words, max_size=60).map(" ".join))
def test_shortened_on_a_word_with_the_whole_kept(text):
    short, whole = cut(text)
    assert len(short) <= LIMIT
    assert (whole or short) == one_line(text)
    if whole:
        assert whole.startswith(short)
        assert len(whole) > LIMIT


@given(st.lists(words, min_size=30, max_size=60))
def test_no_word_is_cut(parts):
    text = " ".join(parts)
    assert cut(text)[0].split() == parts[: len(cut(text)[0].split())]
