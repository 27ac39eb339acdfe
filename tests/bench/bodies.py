"""Calls that no KKM Server would make, or not so: the same ones for the same seed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

#: longest call in bytes that is taken
LONGEST = 2 * 1024 * 1024
#: every token that goes out begins so, the right one too: none of them may stand in a log
MARK = "fuzz-token-"


class Raw(str):
    """JSON as it stands."""


@dataclass(frozen=True)
class Call:
    """One call.

    :param kind: what is wrong with it
    :param status: with which it has to be answered
    :param cut: the connection ends before the whole body has come
    """

    kind: str
    body: bytes
    status: int
    headers: dict = field(default_factory=dict)
    cut: bool = False


#: what may stand where something else is expected
JUNK = [
    *(None, True, False, 0, -1, 2**31, 2**63, 10**30, -(10**30), 0.1, "", " ", "0", "x", "null", [], {}, [[]], [{}]),
    *("GetCommand", "GetRezult", "RegisterCheck", "status-1-x", "status--1", "' OR 1=1 --", "../../etc/passwd", "%s%n"),
    *("\0", "\ud800", "\u202e", "\ufeff", "й" * 300, "a" * 20_000, "<script>", "{}", "0001-01-01T00:00:00"),
    *(Raw("1e999999"), Raw("-1E-999999"), Raw("NaN"), Raw("-Infinity"), Raw("9" * 4000), Raw("9" * 6000), Raw("01")),
    *(Raw("[" * 50 + "]" * 50), Raw('{"a":' * 50 + "1" + "}" * 50), Raw('"\\u0000"'), Raw('"\\ud800\\udc00"')),
]
NAMES = [
    *("RegisterCheck", "OpenShift", "CloseShift", "GetDataKKT", "GetRezult", "List", "XReport", "GetCounters"),
    *("ValidationMarkingCode", "DepositingCash", "PayByPaymentCard", "Exit", "", "registercheck", "GetСounters"),
]
HEADERS = [
    {},
    {},
    {},
    {"Content-Type": "text/plain; charset=utf-16"},
    {"Content-Type": "application/json; charset=bogus"},
    {"Content-Type": "a/b; c=\"'"},
    {"Authorization": "Basic ?"},
    {"Authorization": "Basic Og=="},
    {"Authorization": "Digest x"},
    {"Accept-Encoding": "bogus", "X-Forwarded-For": "::::"},
    {"Cookie": "session_id=../../../x; session_id=1"},
    {"Accept-Language": "xx-YY;q=9, *;q=-1"},
]


def encode(value: object) -> str:
    """JSON of `value`; escapes for what UTF-8 cannot hold."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{encode(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(encode, value)) + "]"
    return json.dumps(value)


class Bodies:
    """Calls without end. None of them proves itself and names a command of the same KKM Server that is out, so
    nothing may change.

    :param token: the right one, which begins with `MARK`
    :param key: of a command that is out at this KKM Server
    :param strangers: keys of commands that are out at others
    :param own: they do name the command that is out, so they may change something
    """

    def __init__(self, seed: int, token: str, key: str, strangers: Sequence[str] = (), own: bool = False):
        self.random, self.token, self.key, self.strangers, self.own = random.Random(seed), token, key, strangers, own
        self.kinds = {
            self.mutated: 30,
            self.results: 25,
            self.broken_text: 15,
            self.wrong_token: 12,
            self.random_json: 10,
            self.noise: 4,
            self.deep: 2,
            self.huge: 0.15,
            self.cut: 0.5,
        }

    def __iter__(self) -> Iterator[Call]:
        makers, weights = list(self.kinds), list(self.kinds.values())
        while True:
            (maker,) = self.random.choices(makers, weights)
            body = maker()
            headers = self.random.choice(HEADERS)
            cut = maker == self.cut
            yield Call(maker.__name__, body, 400 if cut else self.status(body), headers, cut)

    def status(self, body: bytes) -> int:
        """What has to be answered, by what is known of a call (`kkm_server.md` §2.2)."""
        if len(body) > LONGEST:
            return 413
        try:
            call = json.loads(body.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            return 401
        known = (
            isinstance(call, dict)
            and call.get("Command") == "GetCommand"
            and isinstance(call.get("Token"), str)
            and call["Token"].strip() == self.token
        )
        return 200 if known else 401

    # === Kinds ===

    def mutated(self) -> bytes:
        """A real call, one to four of whose values are others."""
        call = self._call([self._result() for __ in range(self.random.randrange(4))])
        for __ in range(self.random.randint(1, 4)):
            call = self._mutate(call)
        return encode(call).encode()

    def results(self) -> bytes:
        """The right token, and results of every shape."""
        results = [
            self._mutate(self._result()) if self.random.random() < 0.7 else self._value(3)
            for __ in range(self.random.choice([0, 1, 1, 2, 5, 40]))
        ]
        wrapped = self.random.choice([results, results, results, self._value(2), {"0": results}])
        return encode(self._call(wrapped)).encode()

    def broken_text(self) -> bytes:
        """A real call with bytes changed, cut off, put in and repeated."""
        text = bytearray(encode(self._call([self._result()])).encode())
        for __ in range(self.random.randint(1, 6)):
            place = self.random.randrange(len(text) + 1)
            kind = self.random.randrange(5)
            if kind == 0:
                text[place:place] = self.random.randbytes(self.random.randint(1, 8))
            elif kind == 1:
                del text[place : place + self.random.randint(1, 20)]
            elif kind == 2:
                text[place:] = b""
            elif kind == 3:
                text[place:place] = text[place : place + 40]
            else:
                text[place:place] = self.random.choice([b"\xff", b"\xed\xa0\x80", b"\0", b"\xef\xbb\xbf", b"//", b",,"])
            text = text or bytearray(b"{")
        return bytes(text)

    def wrong_token(self) -> bytes:
        """Good results of real commands, and a token that is not the right one."""
        token = self.random.choice(
            [self.token[:-1], self.token + "x", self.token.swapcase(), MARK, "", None, [self.token], {}, 0, MARK + "й"]
        )
        return encode({**self._call([self._result(self.key)]), "Token": token}).encode()

    def random_json(self) -> bytes:
        return encode(self._value(5)).encode()

    def noise(self) -> bytes:
        return self.random.randbytes(self.random.choice([0, 1, 2, 100, 5000]))

    def deep(self) -> bytes:
        """So deep that nothing can follow."""
        depth = self.random.choice([150_000, 400_000])
        opening = self.random.choice([b"[", b'{"a":'])
        return encode(self._call([])).encode()[:-1] + b',"x":' + opening * depth

    def huge(self) -> bytes:
        """Longer than what is taken, with a call before it or without."""
        head = encode(self._call([])).encode() if self.random.random() < 0.5 else b""
        return head + b" " * (LONGEST + 1 - len(head) + self.random.randrange(1000))

    def cut(self) -> bytes:
        """A good call whose connection breaks."""
        return encode(self._call([self._result(self.key)])).encode()

    # === Parts ===

    def _call(self, results: object) -> dict:
        return {
            "Command": "GetCommand",
            "Token": self.token,
            "ListRezult": results,
            "LabelTime": "2026-01-15T12:00:00",
        }

    def _result(self, key: str = "") -> dict:
        """A result as KKM Server makes it; of a stranger's command, where no key is given."""
        name = self.random.choice(NAMES)
        result = {
            "Command": name,
            "Error": "",
            "Status": self.random.choice([0, 0, 1, 2, 3, 4, 5, 6]),
            "IdCommand": key or (self.key if self.own else self._stranger()),
            "NumDevice": 1,
            "CheckNumber": 17,
            "SessionNumber": 6,
            "QRCode": "t=20260115T1200&s=301.50&fn=9999078900002838&i=17&fp=217861848&n=1",
            "URL": "https://ofd.example/rec",
        }
        if name == "GetRezult":
            inner = {**result, "Command": "RegisterCheck"}
            for __ in range(self.random.randrange(4)):
                inner = {"Command": "GetRezult", "Status": 0, "IdCommand": "", "Rezult": inner}
            result = {**result, "IdCommand": "", "Rezult": inner}
        return result

    def _stranger(self) -> str:
        """A key like one of ours that is none."""
        near = [self.key[:-1], self.key + "0", self.key.swapcase() + "_", self.key[::-1]]
        return self.random.choice([f"{self.random.getrandbits(128):032x}", "status-0-1", *near, *self.strangers])

    def _value(self, depth: int) -> object:
        """Anything."""
        kind = self.random.randrange(4 if depth else 2)
        if kind == 2:
            return [self._value(depth - 1) for __ in range(self.random.randrange(4))]
        if kind == 3:
            names = ["Command", "Token", "ListRezult", "IdCommand", "Status", "Rezult", "Error", "QRCode", "Info"]
            return {self.random.choice(names): self._value(depth - 1) for __ in range(self.random.randrange(5))}
        return self.random.choice(JUNK)

    def _mutate(self, value: object) -> object:
        """`value` with one part of it, somewhere, changed, left out or wrapped. Keys of commands stay strangers'."""
        if isinstance(value, dict) and value and self.random.random() < 0.85:
            name = self.random.choice(list(value))
            if self.random.random() < 0.1:
                return {other: item for other, item in value.items() if other != name}
            return {**value, name: self._mutate(value[name])}
        if isinstance(value, list) and value and self.random.random() < 0.7:
            place = self.random.randrange(len(value))
            return [*value[:place], self._mutate(value[place]), *value[place + 1 :]]
        return self.random.choice([self._value(2), [value], {"Rezult": value}, [value] * 3])
