"""What is kept with an attempt has no secret in it, and is otherwise what was said."""

import json
import time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from addons.fiscal_base.tools.transport import HIDDEN, redact

S = "s3cr3t-Zz"


@pytest.mark.parametrize(
    "value",
    [
        {"Authorization": f"Bearer {S}"},
        {"authorization": f"Basic {S}=="},
        {"X-License-Key": S, "Content-Type": "application/json"},
        {"X-Access-Key": S},
        {"x-api-key": S, "X-HMAC-Signature": S},
        {"Cookie": f"session_id={S}"},
        {"pin": S},
        {"pin_code": S},
        {"cashierPin": S},
        {"cashier-pin": S},
        {"pinCode": S},
        {"password": {"old": S, "new": [S]}},
        {"list": [{"deep": {"access_token": S}}]},
        {"text": json.dumps({"token": S})},
        {"text": json.dumps({"text": json.dumps({"Password": S})})},
        json.dumps({"user": "kassa", "Password": S}),
        json.dumps([{"secret": S}]),
        f'{{"token": "{S}", "cut": "off',
        f'{{"a": 1, "token": "{S}',
        f'{{"a": "{{\\"token\\": \\"{S}\\", \\"b\\"',
        f"{{'token': '{S}'}}",
        f"Authorization: Bearer {S}\r\nAccept: */*",
        f"authorization: Basic {S}==",
        f'Authorization: Digest username="a", response="{S}"',
        f"Cookie: a=1; session_id={S}\nHost: x",
        f"Set-Cookie: {S}; Path=/",
        f"https://service.example/print?token={S}&fn=1",
        f"https://service.example/print?fn=1&pin={S}",
        f"https://kassa:{S}@service.example/print",
        f"login=kassa&password={S}&x=1",
        f"401: the header was “Bearer {S}”",
        f"client_secret = {S}",
    ],
)
def test_hidden_by_name(value):
    kept = json.dumps(redact(value), ensure_ascii=False)
    assert S not in kept
    assert HIDDEN in kept


@pytest.mark.parametrize(
    "value",
    [
        "Неверный пароль: проверьте настройки кассы",
        "The password is wrong. Basic authentication failed, bearer of bad news.",
        "Shopping: 3, spinning: 4",
        "Смена открыта более 24 часов; код 3822",
        "https://check.ofd.ru/rec/7707083893/9999078902000001/1234/2345678901",
        "t=20260101T1200&s=62.00&fn=9999078902000001&i=1&fp=3522207165&n=1",
        '{"number": 12, "sum": 62.5, "name": "Хлеб", "ok": true, "none": null, "empty": ""}',
        {"number": 12, "sum": 62.5, "ok": True, "none": None, "list": [], "token": "", "pin": None},
        "",
        None,
        7,
    ],
)
def test_ordinary_words_are_untouched(value):
    assert redact(value) == value


def test_known_secrets_wherever_they_are():
    value = {S: 1, "a": f"x{S}y", "b": ["1234567", 1234567, 12345678], "c": f"http://x/{S}"}
    assert redact(value, [S, "1234567", "", "ab", None]) == {
        HIDDEN: 1,
        "a": f"x{HIDDEN}y",
        "b": [HIDDEN, HIDDEN, 12345678],
        "c": f"http://x/{HIDDEN}",
    }
    assert redact("ab", ["ab"]) == "ab", "two letters stand in every other word"


@pytest.mark.parametrize("secret", ['pa"ss\\word', "пароль №1", "a b&c=d", "line\nline"])
def test_known_secret_in_other_spellings(secret):
    for text in (
        secret,
        f'<p>{json.dumps(secret)}</p>{{"broken',
        f"<p>{json.dumps(secret, ensure_ascii=False)}</p>",
        f"http://x/?a={quote(secret)}",
        f"a={quote_plus(secret)}",
    ):
        kept = redact(text, [secret])
        assert secret not in kept
        assert json.dumps(secret)[1:-1] not in kept
        assert quote(secret) not in kept


plain = st.text("abcdefgh АБВ0123456789", max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | plain,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain, inner, max_size=4) | inner.map(json.dumps),
    max_leaves=12,
)


@given(st.text(min_size=3, max_size=12).filter(lambda text: not set(text) & set(f"{HIDDEN}\\")), values, st.data())
@example('a", "b', ["a", "b"], None)
def test_a_known_secret_never_survives(secret, value, data):
    if data:
        holders = [f"x{secret}y", {secret: 1}, [value, secret], {"a": {"b": secret}}, json.dumps({"a": secret})]
        value = [data.draw(st.sampled_from(holders)), value]
    for form in (value, json.dumps(value), json.dumps(value, ensure_ascii=False), str(value)):
        kept = redact(form, [secret])
        strings = []

        def collect(item, strings=strings):
            if isinstance(item, dict):
                strings += item.keys()
                for part in item.values():
                    collect(part)
            elif isinstance(item, list):
                for part in item:
                    collect(part)
            else:
                strings.append(str(item) if item == secret or isinstance(item, str) else "")

        collect(kept)
        assert not any(secret in string for string in strings), (form, kept)


@given(values)
def test_nothing_is_changed_without_a_reason(value):
    assert redact(value) == redact(redact(value))
    assert isinstance(redact(json.dumps(value)), str)


@pytest.mark.parametrize(
    "text",
    ["a" * 500_000, "token" * 50_000, "token " * 50_000, '{"qr": "' + "iVBORw0KGgo" * 50_000 + '"}', ":" * 500_000],
    ids=["word", "name", "names", "picture", "colons"],
)
def test_a_long_answer_takes_no_time(text):
    """An answer may hold the picture of a receipt."""
    start = time.monotonic()
    redact(text, [S])
    assert time.monotonic() - start < 3


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"a":' * 100_000, "[" * 400 + "]" * 400, "[" * 3000 + "]" * 3000],
    ids=["open", "objects", "closed", "deeper"],
)
def test_a_deep_answer_is_no_error(text):
    assert isinstance(redact(text, [S]), str)
