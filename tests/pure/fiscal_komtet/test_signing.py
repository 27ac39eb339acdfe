"""Signatures, callbacks and addresses. The vectors are those of §1.3."""

import json
from random import Random

import pytest

from addons.fiscal_komtet import protocol
from tests.emulators.komtet import sign

from .samples import KEY, SECRET

SUCCESS = "https://shop.example/komtet/callback/success"
BODY = b'{"id": 1, "external_id": "S-1", "state": "done"}'


@pytest.mark.parametrize(
    ("secret", "method", "url", "body", "result"),
    [
        ("secret-key", "GET", "https://kassa.komtet.ru/api/shop/v2/queues/1", b"", "4f055e21e84b0d014b3e0b235e391c64"),
        (
            *("secret-key", "POST", "https://kassa.komtet.ru/api/shop/v2/queues/3/task", b'{"key": 10.0}'),
            "d5aa2f6177ba2f4f94218ed9587454be",
        ),
        ("verySecrEt", "POST", "http://example.org/some/url", b"body_here", "78dcc39222e66ad97eee2fd30a39c14d"),
        ("secret-key", "POST", SUCCESS, BODY, "bdbcb732fe22c00c539adcc9644bb32b"),
    ],
)
def test_vectors(secret, method, url, body, result):
    assert protocol.signature(secret, method, url, body) == result


def test_what_is_signed_is_what_is_sent():
    body = '{"name": "Чай", "sum": 10.00}'
    request = protocol.request_to("https://kassa.komtet.ru/", "queues/3/task", "shop-1", SECRET, body)
    assert request.url == "https://kassa.komtet.ru/api/shop/v2/queues/3/task"
    assert request.body == body
    assert dict(request.headers) == {
        "Authorization": "shop-1",
        "Accept": "application/json",
        "Content-Type": "application/json",
        "X-HMAC-Signature": sign(SECRET, "POST", request.url, body.encode()),
    }
    question = protocol.request_to("https://kassa.komtet.ru", "tasks/17", "shop-1", SECRET)
    assert (question.method, question.body) == ("GET", "")
    assert "Content-Type" not in question.headers
    assert (question.connect_timeout, question.read_timeout) == (5, 20)


def test_a_genuine_callback():
    urls = [protocol.callback_url("https://shop.example", 7, result) for result in ("success", "failure", "task")]
    for url in urls:
        assert protocol.is_genuine(SECRET, sign(SECRET, "POST", url, BODY), urls, BODY)
    good = sign(SECRET, "POST", urls[2], BODY)
    assert protocol.is_genuine(SECRET, f" {good.upper()} ", urls, BODY)


@pytest.mark.parametrize("given", ["", " ", "0" * 32, "ключ", "\udce4", "f" * 100_000])
def test_a_forged_callback(given):
    assert not protocol.is_genuine(SECRET, given, [SUCCESS], BODY)


def test_what_a_signature_covers():
    good = sign(SECRET, "POST", SUCCESS, BODY)
    assert protocol.is_genuine(SECRET, good, [SUCCESS], BODY)
    assert not protocol.is_genuine(SECRET, good, [SUCCESS], BODY + b" ")
    assert not protocol.is_genuine(SECRET, good, [SUCCESS.replace("https", "http")], BODY)
    assert not protocol.is_genuine("another", good, [SUCCESS], BODY)
    # without a key everybody could sign
    assert not protocol.is_genuine("", sign("", "POST", SUCCESS, BODY), [SUCCESS], BODY)


@pytest.mark.parametrize(
    ("body", "callback"),
    [
        (BODY, ("S-1", "done")),
        (b'{"external_id": 17, "state": "error", "error_description": "x"}', ("17", "error")),
        (b"", None),
        (b"[]", None),
        (b"external_id=1&state=done", None),
        (b'{"external_id": "1"}', None),
        (b'{"external_id": null, "state": "done"}', None),
        (b'{"external_id": true, "state": "done"}', None),
        (b'{"external_id": "1", "state": 1}', None),
        (b'{"external_id": "", "state": "done"}', None),
        (b'{"external_id": "' + b"1" * 65 + b'", "state": "done"}', None),
        (b'{"external_id": ' + b"1" * 5000 + b', "state": "done"}', None),
        (b'{"external_id": "\\u0000", "state": "done"}', None),
        (b'{"external_id": "\\ud800", "state": "done"}', None),
        (b"\xff\xfe", None),
        (b"[" * 100_000, None),
    ],
)
def test_callbacks(body, callback):
    assert protocol.parse_callback(body) == callback


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("https://shop.example.com", ""),
        ("https://shop.example.com:8443/", ""),
        ("https://8.8.8.8", ""),
        ("http://shop.example.com", "not_https"),
        ("http://localhost:8069", "local"),
        ("https://localhost", "local"),
        ("https://127.0.0.1", "local"),
        ("https://192.168.1.10", "local"),
        ("https://[::1]:8069", "local"),
        ("https://odoo", "local"),
        ("https://odoo.local.", "local"),
        ("", "none"),
        ("shop.example.com", "none"),
        ("ftp://shop.example.com", "none"),
        ("https://shop:port", "none"),
        ("https://[", "none"),
    ],
)
def test_addresses(address, problem):
    assert protocol.address_problem(address) == problem


def mutated(random: Random, body: bytes) -> bytes:
    """`body` with a few bytes changed, put in or taken out."""
    parts = bytearray(body)
    for __ in range(random.randint(1, 6)):
        place = random.randrange(len(parts) + 1)
        match random.randrange(3):
            case 0 if parts:
                parts[place % len(parts)] = random.randrange(256)
            case 1:
                parts[place:place] = random.randbytes(random.randint(1, 8))
            case _:
                del parts[place : place + random.randint(1, 8)]
    return bytes(parts)


def test_twenty_thousand_forged_callbacks():
    """None gets past the signature, and none breaks what reads it."""
    random = Random(20_000)
    urls = [protocol.callback_url("https://shop.example", 7, result) for result in ("success", "failure", "task")]
    genuine = json.dumps({"id": 1001, "external_id": KEY, "state": "done"}).encode()
    taken = sign(SECRET, "POST", urls[2], genuine)
    passed = read = 0
    for number in range(20_000):
        body = mutated(random, genuine) if number % 4 else random.randbytes(random.randrange(200))
        guess = mutated(random, taken.encode()).decode("latin-1")
        guessed = sign(random.choice(["", "secret", KEY]), "POST", random.choice(urls), body)
        given = random.choice([taken, guess, guessed, "", random.randbytes(16).hex()])
        passed += body != genuine and protocol.is_genuine(SECRET, given, urls, body)
        callback = protocol.parse_callback(body)
        read += callback is not None
        if callback:
            callback.external_id.encode("utf-8", "replace")
    assert passed == 0
    assert read > 100, "some of them have the form of a callback"
