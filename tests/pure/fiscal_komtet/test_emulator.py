"""The emulator is as strict as the service is described. Talks to it with the standard library alone."""

import copy
import http.client
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

import pytest

from tests.emulators.komtet import KomtetEmulator, sign, wait_for

SHOP, SECRET = "shop-1", "secret-key"
TASK = {
    "external_id": "S-1",
    "intent": "sell",
    "print": False,
    "client": {"email": "olga@example.com"},
    "company": {"sno": 0, "payment_address": "https://shop.example"},
    "cashier": {"name": "Анна Смирнова", "inn": "772345678901"},
    "timezone": 2,
    "payments": [{"type": "card", "sum": 1220.00}],
    "positions": [
        {
            **{"name": "Чайник", "price": 610.00, "quantity": 2, "total": 1220.00, "vat": "22", "measure": 0},
            **{"payment_method": "full_payment", "payment_object": "product"},
        }
    ],
}


@pytest.fixture
def emulator():
    with KomtetEmulator(seconds=None) as emulator:
        yield emulator


def call(emulator, path, body=None, secret=SECRET, shop=SHOP, **headers):
    connection = http.client.HTTPConnection(urlsplit(emulator.url).netloc, timeout=10)
    try:
        data = body if body is None or isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        method = "GET" if data is None else "POST"
        signed = sign(secret, method, emulator.url + path, data or b"")
        given = {"Authorization": shop, "X-HMAC-Signature": signed, "Content-Type": "application/json", **headers}
        connection.request(method, path, data, given)
        response = connection.getresponse()
        text = response.read().decode()
        return response.status, json.loads(text) if text.startswith("{") else text
    finally:
        connection.close()


def create(emulator, task=None, **changes):
    return call(emulator, "/api/shop/v2/queues/3/task", {**(task or TASK), **changes})


def changed(path, value):
    task = copy.deepcopy(TASK)
    place = task
    *way, last = path
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return task


def test_a_task_takes_its_way(emulator):
    status, task = create(emulator)
    assert status == 200
    assert (task["external_id"], task["print_queue_id"], task["state"]) == ("S-1", 3, "new")
    status, shown = call(emulator, f"/api/shop/v2/tasks/{task['id']}")
    assert (status, shown["state"], shown["fiscal_data"]) == (200, "new", None)
    emulator.print_all()
    status, shown = call(emulator, f"/api/shop/v2/tasks/{task['id']}")
    assert (shown["state"], shown["fiscal_data"]["s"], shown["fiscal_data"]["n"]) == ("done", "1220.00", 1)
    page = call(emulator, urlsplit(shown["receipt_url"]).path)[1]
    assert "Чайник" in page and "ИТОГ = 1220.00" in page
    assert "ПРИХОД" in call(emulator, "/")[1]


def test_a_failed_task_is_sent_again_from_the_cabinet(emulator):
    emulator.fault("till_error", text="Нет бумаги")
    __, task = create(emulator)
    path = f"/api/shop/v2/tasks/{task['id']}"
    emulator.print_all()
    assert (call(emulator, path)[1]["state"], emulator.documents) == ("error", [])
    for __ in range(2):
        emulator.service.send_again(emulator.service.tasks[0])
        emulator.print_all()
    assert (call(emulator, path)[1]["state"], len(emulator.documents)) == ("done", 1)


def test_a_task_that_takes_long(emulator):
    emulator.fault("still_new", "task", polls=2)
    __, task = create(emulator)
    emulator.print_all()
    path = f"/api/shop/v2/tasks/{task['id']}"
    assert [call(emulator, path)[1]["state"] for __ in range(4)] == ["new", "new", "done", "done"]


def test_signature(emulator):
    path = "/api/shop/v2/queues/3"
    assert call(emulator, path)[0] == 200
    for status, body in (
        call(emulator, path, secret="another"),
        call(emulator, path, shop="shop-2"),
        call(emulator, path, **{"X-HMAC-Signature": ""}),
    ):
        assert (status, body["code"]) == (403, "AUT00")


@pytest.mark.parametrize(
    ("path", "value", "code", "text"),
    [
        (("positions", 0, "excise"), None, "VLD00", "positions->0->excise: None is not of type 'number'"),
        (("positions", 0, "price"), "610.00", "VLD00", "positions->0->price"),
        (("positions", 0, "price"), 610.001, "VLD12", "Чайник"),
        (("positions", 0, "total"), 1220.01, "VLD13", "Чайник"),
        (("positions", 0, "vat"), 22, "VLD00", "positions->0->vat"),
        (("positions", 0, "vat"), "18", "VLD00", "positions->0->vat"),
        (("positions", 0, "measure"), ..., "VLD00", "measure"),
        (("positions", 0, "name"), "Ч" * 129, "VLD00", "positions->0->name"),
        (("positions", 0, "discount"), 1, "VLD00", "discount"),
        (("positions", 0, "mark_code"), {"gs1m": "1", "fur": "2"}, "VLD00", "mark_code"),
        (("positions",), [], "VLD00", "positions"),
        (("payments", 0, "type"), "bitcoin", "VLD00", "payments->0->type"),
        (("payments", 0, "sum"), -1, "VLD00", "payments->0->sum"),
        (("client", "phone"), "89123456789", "VLD00", "client->phone"),
        (("cashier", "inn"), "7707083893", "VLD00", "cashier->inn"),
        (("company", "sno"), 3, "VLD00", "company->sno"),
        (("company", "sno"), "0", "VLD00", "company->sno"),
        (("timezone",), 12, "VLD00", "timezone"),
        (("intent",), "sale", "VLD00", "intent"),
        (("intent",), "sellCorrection", "VLD00", "correction_info"),
        (("correction_info",), {"type": "self", "base_date": "2026-03-31"}, "VLD00", "base_date"),
        (("external_id",), ..., "VLD00", "external_id"),
        (("internet",), 1, "VLD00", "internet"),
    ],
)
def test_what_is_refused(emulator, path, value, code, text):
    status, body = create(emulator, changed(path, value))
    assert (status, body["code"]) == (422, code)
    assert text in body["description"]
    assert emulator.service.tasks == []


def test_body_that_is_no_json(emulator):
    assert call(emulator, "/api/shop/v2/queues/3/task", b"{")[1]["code"] == "VLD00"


def test_a_repeat_is_refused_with_the_task_that_is_there(emulator):
    __, task = create(emulator)
    status, body = create(emulator)
    assert (status, body["code"], body["task"]["id"]) == (422, "VLD11", task["id"])
    emulator.fault("anonymous")
    assert "task" not in create(emulator)[1]
    assert len(emulator.service.tasks) == 1


def test_what_is_not_there(emulator):
    assert call(emulator, "/api/shop/v2/queues/9")[0] == 404
    assert call(emulator, "/api/shop/v2/queues/9/task", TASK)[0] == 404
    assert call(emulator, "/api/shop/v2/tasks/1")[0] == 404
    assert call(emulator, "/api/shop/v1/queues/3")[0] == 404


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        (("payments", 0, "sum"), 1219.99, "сумма оплат"),
        (("company", "inn"), "500100732259", "ИНН чека и ККМ не совпадают"),
        (("company", "payment_address"), ..., "payment_address"),
        (("positions", 0, "supplier_info"), {"name": "ИП"}, "supplier_info"),
        (("positions", 0, "agent_info"), {"type": "payment_agent"}, "данные агента"),
        (("positions", 0, "agent_info"), {"type": "bank_payment_subagent"}, "данные агента"),
        (("positions", 0, "mark_code"), {"unknown": "1"}, "КМ"),
    ],
)
def test_what_the_till_refuses(emulator, path, value, text):
    __, task = create(emulator, changed(path, value))
    emulator.print_all()
    shown = call(emulator, f"/api/shop/v2/tasks/{task['id']}")[1]
    assert shown["state"] == "error" and text in shown["error_description"]
    assert emulator.documents == []


def test_a_till_for_the_internet_alone(emulator):
    emulator.till.internet_only = True
    __, task = create(emulator, client={})
    emulator.print_all()
    assert "email" in call(emulator, f"/api/shop/v2/tasks/{task['id']}")[1]["error_description"]


def test_a_discount_that_the_till_splits(emulator):
    create(emulator, changed(("positions", 0), {**TASK["positions"][0], "quantity": 3, "total": 1220.0}))
    emulator.print_all()
    (printed,) = emulator.documents
    assert printed.splits == 1
    assert [str(line["total"]) for line in printed.lines] == ["813.34", "406.66"]


def test_queue_that_is_passive(emulator):
    emulator.fault("passive")
    assert call(emulator, "/api/shop/v2/queues/3")[1]["state"] == "passive"
    create(emulator)
    emulator.print_all()
    assert emulator.service.tasks[0].state == "new"


@pytest.mark.parametrize(
    ("kind", "options", "status", "code", "tasks"),
    [
        ("unauthorized", {}, 403, "AUT00", 0),
        ("unpaid", {}, 403, "SRV00", 0),
        ("internal_error", {}, 500, "SYS00", 0),
        ("internal_error", {"execute": True}, 500, "SYS00", 1),
        ("refused", {"code": "VLD12"}, 422, "VLD12", 0),
    ],
)
def test_faults(emulator, kind, options, status, code, tasks):
    emulator.fault(kind, "task", **options)
    answered, body = create(emulator)
    assert (answered, body["code"], len(emulator.service.tasks)) == (status, code, tasks)


class _Listener(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, body, self.headers.get("X-HMAC-Signature")))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        """Be quiet."""


@pytest.fixture
def listener():
    server = HTTPServer(("127.0.0.1", 0), _Listener)
    server.heard = []
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("how", "heard"), [("good", 1), ("double", 2), ("unsigned", 1), ("wrong", 1), ("none", 0), ("early", 1)]
)
def test_callbacks(emulator, listener, how, heard):
    url = f"{listener.url}/here?x=1"
    emulator.fault("callback", "task", how=how)
    create(emulator, callback_url=url)
    emulator.print_all()
    assert len(listener.heard) == heard
    for __, body, signature in listener.heard:
        assert json.loads(body) == {"id": 1001, "external_id": "S-1", "state": "done"}
        genuine = sign(SECRET, "POST", url, body)
        assert (signature == genuine) is (how in ("good", "double", "early"))


def test_addresses_of_the_cabinet(emulator, listener):
    emulator.success_url, emulator.failure_url = f"{listener.url}/success", f"{listener.url}/failure"
    create(emulator)
    emulator.print_all()
    emulator.fault("till_error", text="Нет бумаги")
    create(emulator, external_id="S-2")
    emulator.print_all()
    assert [path for path, __, __ in listener.heard] == ["/success", "/failure"]
    assert json.loads(listener.heard[1][1])["error_description"] == "Нет бумаги"


def test_it_prints_by_itself(emulator):
    emulator.seconds = 0.05
    create(emulator)
    assert wait_for(lambda: len(emulator.documents) == 1)
