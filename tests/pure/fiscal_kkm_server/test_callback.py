"""The call of a KKM Server that fetches its commands (`kkm_server.md` §2): its text, and the caller with its traps."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addons.fiscal_kkm_server import protocol
from addons.fiscal_kkm_server.protocol import callback
from tests.emulators.kkm_callback import TRAPS, Caller
from tests.emulators.kkm_server import KkmServerEmulator

from .samples import DEVICE, KEY, operation, sale

TOKEN = "9DC7E960-6120-4989-86CB-25F77F59F0EA"

# === The text ===


def test_the_vendors_own_example():
    body = {
        "Command": "GetCommand",
        "Token": TOKEN,
        "ListRezult": [
            {"CheckNumber": 0, "LineLength": 48, "Command": "GetLineLength", "Error": "", "Status": 0, "IdCommand": KEY}
        ],
        "LabelTime": "2026-01-15T12:00:30",
    }
    call = callback.read(b"\xef\xbb\xbf" + json.dumps(body).encode())
    assert call.token == TOKEN
    assert [callback.identify(result) for result in call.results] == [("GetLineLength", KEY)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe{",
        b'{"Command":"GetCommand"}',
        b'{"Command":"GetCommand","Token":null}',
        b'{"Command":"GetCommand","Token":["x"]}',
        b'{"Command":"List","Token":"x"}',
        b'{"Command":"GetCommand","Token":' + b"1" * 5000 + b"}",
        b"[" * 100000,
    ],
)
def test_what_is_no_call(body):
    assert callback.read(body) is None


@pytest.mark.parametrize("results", ["null", "1", '"x"', "{}", "[null, 1, []]"])
def test_results_that_are_none(results):
    assert callback.read(f'{{"Command":"GetCommand","Token":"x","ListRezult":{results}}}'.encode()).results == []


def test_a_number_of_any_length_costs_nothing():
    body = b'{"Command":"GetCommand","Token":"x","ListRezult":[{"IdCommand":"k","Cash":1e999999999,"A":-0.5}]}'
    (result,) = callback.read(body).results
    assert (result["Cash"], result["A"]) == ("1e999999999", "-0.5")
    assert len(json.dumps(result)) < 100


@pytest.mark.parametrize("times", [0, 1, 4])
def test_whose_answer_a_get_rezult_is(times):
    result = {"Command": "RegisterCheck", "Status": 0, "IdCommand": KEY}
    for __ in range(times):
        result = {"Command": "GetRezult", "IdCommand": "", "Rezult": result}
    assert callback.identify(result) == ("GetRezult" if times else "RegisterCheck", KEY)


@pytest.mark.parametrize("key", [None, 5, "", "a" * 41, "a b", "\0", "ключ", "\ud800", ["x"]])
def test_what_names_no_command_of_ours(key):
    assert callback.identify({"Command": "RegisterCheck", "IdCommand": key})[1] == ""


def test_the_list_is_never_left_out():
    assert json.loads(callback.answer([])) == {"ListCommand": []}
    request = protocol.prepare(sale(), DEVICE)
    text = callback.command({"body": request["body"], "token": "t"})
    assert text == request["body"], "the bytes that were frozen"
    question = callback.command({"body": protocol.freeze(protocol.get_data_kkt(DEVICE))["body"], "token": "t"})
    listed = json.loads(callback.answer([text, question]))["ListCommand"]
    assert [command["IdCommand"] for command in listed] == [KEY, "t"]


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_noise_is_no_call(body):
    call = callback.read(body)
    assert call is None or isinstance(call.token, str)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["Command", "Token", "ListRezult", "IdCommand", "Rezult", "Status", "x"]), inner, max_size=5
        )
    ),
    max_leaves=20,
)


@settings(max_examples=500, deadline=None)
@given(st.dictionaries(st.sampled_from(["Command", "IdCommand", "Rezult", "Status"]), VALUES, max_size=4))
def test_no_result_breaks_it(result):
    name, key = callback.identify(result)
    assert isinstance(name, str) and isinstance(key, str)
    read = callback.read(json.dumps({"Command": "GetCommand", "Token": "x", "ListRezult": [result]}).encode())
    assert len(read.results) == 1


# === The caller ===


class Site:
    """A site that hands out what it is told and keeps what it gets."""

    def __init__(self):
        site = self
        self.commands, self.calls, self.status, self.body, self.headers = [], [], 200, None, []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                site.calls.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                site.headers.append((self.command, self.headers["Authorization"]))
                text = site.body if site.body is not None else json.dumps({"ListCommand": site.commands})
                if site.status == 200 and site.body is None:
                    site.commands = []
                self.send_response(site.status)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            do_PUT = do_POST

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/call"

    def results(self):
        """Of the last call: `(command, status)`."""
        return [(result["Command"], result["Status"]) for result in self.calls[-1]["ListRezult"]]


@pytest.fixture
def site():
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def emulator():
    return KkmServerEmulator()


def thaw(receipt):
    return json.loads(protocol.prepare(receipt, DEVICE)["body"])


def test_a_command_and_its_result(site, emulator):
    caller = Caller(emulator, site.url, TOKEN, method="PUT")
    assert caller.poll() == [] and site.calls[-1]["ListRezult"] == []
    assert site.calls[-1]["Token"] == TOKEN and site.calls[-1]["Command"] == "GetCommand"
    assert site.headers[-1] == ("PUT", "Basic Og==")
    site.commands = [thaw(sale())]
    assert caller.poll() == ["RegisterCheck"]
    caller.work()
    caller.poll()
    assert site.results() == [("RegisterCheck", 0)]
    caller.poll()
    assert site.results() == [], "a result that was taken does not come again"


def test_what_is_still_printing_is_reported_once_and_its_end_never(site, emulator):
    for traps, expected in ((TRAPS, [[("RegisterCheck", 4)], []]), (TRAPS - {"early"}, [[], [("RegisterCheck", 0)]])):
        caller = Caller(emulator, site.url, TOKEN, traps=traps)
        site.commands = [{**thaw(sale()), "IdCommand": f"k{len(traps)}"}]
        caller.poll()
        caller.poll()
        assert site.results() == expected[0]
        caller.work()
        caller.poll()
        assert site.results() == expected[1]


@pytest.mark.parametrize(("status", "body"), [(201, None), (302, None), (401, ""), (500, "<html>"), (200, "Ok")])
def test_results_come_again_until_they_were_taken(site, emulator, status, body):
    caller = Caller(emulator, site.url, TOKEN)
    site.commands = [thaw(sale())]
    caller.poll()
    caller.work()
    site.status, site.body = status, body
    for __ in range(3):
        assert caller.poll() == []
        assert caller.error and site.results() == [("RegisterCheck", 0)]
    site.status, site.body = 200, None
    caller.poll()
    caller.poll()
    assert site.results() == []


@pytest.mark.parametrize("body", ["{}", '{"ListCommand":null}'])
def test_a_list_that_is_left_out_kills_the_call(site, emulator, body):
    caller = Caller(emulator, site.url, TOKEN)
    site.body = body
    caller.poll()
    assert caller.error


def test_what_it_does_not_know_takes_the_rest_with_it(site, emulator):
    caller = Caller(emulator, site.url, TOKEN)
    site.commands = [{"Command": "XReport", "IdCommand": "a"}, {"Command": "Fly"}, thaw(sale())]
    assert caller.poll() == ["XReport"]
    assert "Fly" in caller.error
    caller.work()
    assert [printed.type for printed in emulator.documents] == ["x_report"]


def rezult(caller, site):
    site.commands = [{"Command": "GetRezult", "IdCommand": KEY}]
    caller.poll()
    caller.poll()
    (result,) = site.calls[-1]["ListRezult"]
    return result


def test_the_question_shadows_the_command_and_nests(site, emulator):
    caller = Caller(emulator, site.url, TOKEN)
    result = rezult(caller, site)
    assert (result["Status"], result["Rezult"]["Status"]) == (3, 3)
    # never executed, and refused all the same
    site.commands = [thaw(sale())]
    caller.poll()
    caller.work()
    caller.poll()
    assert site.results() == [("RegisterCheck", 5)] and emulator.documents == []
    again = rezult(caller, site)
    assert again["Rezult"]["Command"] == "GetRezult", "an answer within an answer"
    free = Caller(emulator, site.url, TOKEN, traps=frozenset())
    site.commands = [{**thaw(sale()), "IdCommand": "new"}]
    free.poll()
    free.work()
    assert emulator.documents[-1].type == "sale"


def test_a_restart_forgets(site, emulator):
    caller = Caller(emulator, site.url, TOKEN)
    site.commands = [thaw(sale()), thaw(operation("shift_close"))]
    caller.poll()
    caller.restart()
    caller.work()
    caller.poll()
    assert site.results() == [] and emulator.documents == []


def test_too_long_in_the_queue(site, emulator):
    emulator.kkm.queue_seconds = -1
    caller = Caller(emulator, site.url, TOKEN)
    site.commands = [thaw(sale())]
    caller.poll()
    caller.work()
    caller.poll()
    assert site.results() == [("RegisterCheck", 2)] and emulator.documents == []
