"""An emulator of Checkbox (checkbox.ua): `python -m tests.emulators.checkbox --port 8790`.

As strict as the service: headers, licence keys, tokens, schemas, sums, shifts, ids, the pace of 2 receipts a second.
`§` names a section of docs/protocols/checkbox.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
import time
import urllib.request
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from . import checkbox_schemas as schemas
from .checkbox_register import UTC, Cashier, CashRegister, Organisation, Refused, iso
from .common import Emulator, Fault, HttpAnswer, HttpRequest, html_answer, json_answer, main

PREFIX = "/api/v1"
#: §8.2: receipts a second, and for how long a register that exceeds them rests
PACE, REST = 2, 5
#: §7: seconds before the second try to call back, and at most
FIRST_PAUSE, LONGEST_PAUSE, GIVE_UP = 1, 1800, 4 * 3600
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=")

#: (method, pattern, method of the emulator, needs: n the name of the client, k the licence key, b a token; '' lets
#: everybody in). In practice the key is wanted wherever the token is (§1.2)
ROUTES = [
    ("POST", "/cashier/signin", "sign_in", "n"),
    ("POST", "/cashier/signinPinCode", "sign_in_pin", "k"),
    ("POST", "/cashier/signout", "sign_out", "b"),
    ("GET", "/cashier/me", "me", "b"),
    ("GET", "/cashier/shift", "my_shift", "b"),
    ("GET", "/cashier/check-signature", "check_signature", "b"),
    ("GET", "/cashier/tax", "taxes", "b"),
    ("GET", "/tax", "taxes", "k"),
    ("GET", "/cash-registers/info", "info", "k"),
    ("GET", "/cash-registers/shifts", "shifts_of_register", "k"),
    ("POST", "/cash-registers/ping-tax-service", "ping", "kb"),
    ("POST", "/cash-registers/go-online", "go_online", "kb"),
    ("GET", "/cash-registers/ask-offline-codes", "ask_codes", "kb"),
    ("GET", "/cash-registers/get-offline-codes-count", "count_codes", "kb"),
    ("GET", "/cash-registers/get-offline-time", "offline_time", "k"),
    ("POST", "/shifts", "open_shift", "kb"),
    ("POST", "/shifts/close", "close_shift", "kb"),
    ("POST", "/shifts/{id}/close", "close_other_shift", "kb"),
    ("GET", "/shifts/{id}", "shift", "b"),
    ("GET", "/shifts/short/{id}", "shift", "b"),
    ("POST", "/receipts/sell", "sell", "b"),
    ("POST", "/receipts/service", "service", "b"),
    ("POST", "/prepayment-receipts", "prepay", "b"),
    ("POST", "/prepayment-receipts/{id}", "prepay_next", "b"),
    ("POST", "/prepayment-receipts/{id}/return", "prepay_return", "b"),
    ("GET", "/prepayment-receipts/{id}", "chain", "b"),
    ("GET", "/receipts/{id}", "receipt", "b"),
    ("GET", "/receipts/{id}/html", "receipt_html", ""),
    ("GET", "/receipts/{id}/text", "receipt_text", ""),
    ("GET", "/receipts/{id}/pdf", "receipt_pdf", ""),
    ("GET", "/receipts/{id}/png", "receipt_png", ""),
    ("GET", "/receipts/{id}/qrcode", "receipt_png", ""),
    ("POST", "/receipts/{id}/email", "send_email", "b"),
    ("POST", "/receipts/{id}/sms", "send_sms", "b"),
    ("POST", "/reports", "x_report", "b"),
    ("GET", "/reports/{id}/text", "report_text", "b"),
    ("GET", "/reports/{id}", "report", "b"),
    ("POST", "/webhook", "set_webhook", "kb"),
    ("GET", "/webhook", "get_webhook", "kb"),
    ("DELETE", "/webhook", "delete_webhook", "kb"),
]
_ROUTES = [
    (method, re.compile(re.escape(path).replace(r"\{id\}", r"(?P<id>[^/]+)")), path, name, needs)
    for method, path, name, needs in ROUTES
]


def default_organisation(**options) -> Organisation:
    """A test account with two registers and two cashiers."""
    return Organisation(
        [
            Cashier("Шевченко Оксана Іванівна", "oksana", "oksana-secret", "1111111"),
            Cashier("Бондар Тарас Петрович", "taras", "taras-secret", "2222222"),
        ],
        [
            CashRegister("test0123456789abcdef0001", 1, "Каса 1"),
            CashRegister("test0123456789abcdef0002", 2, "Каса 2"),
        ],
        **options,
    )


class CheckboxEmulator(Emulator):
    """The service on a port of this machine.

    with CheckboxEmulator() as emulator:
        emulator.fault("receipt_error")
        ...  # talk to emulator.api
        assert emulator.receipts == [...]
    """

    title = "Checkbox (emulated)"
    default_port = 8790
    FAULTS = {
        "expired_tokens": "at once: every token is refused from now on",
        "shift_expired": "at once: every open shift is 25 hours old",
        "offline": "at once: the tax service does not answer; option `active` (true)",
        "slow": "at once: documents take `seconds` (2) from now on",
        "receipt_error": "the next receipt ends in ERROR; option `message`",
        "opening_error": "the opening of the next shift fails; option `message`",
        "closing_error": "the closing of the next shift fails; option `message`",
        "throttled": "429; options `command`, `retry_after`",
        "no_key_name": "an HTML page of the network before the service: 403, error code: 1010",
        "internal_error": "500 as JSON; option `execute` (false)",
    }

    def __init__(self, port: int = 0, organisation: Organisation | None = None, pace: bool = True):
        super().__init__(port)
        self.organisation = organisation or default_organisation()
        self.pace = pace
        self.tokens: dict[str, tuple[Cashier, CashRegister | None]] = {}
        #: names in requests that the schemas do not have
        self.unknown_fields: set[str] = set()
        #: e-mails and SMS that went out: (channel, address, receipt id)
        self.mail: list[tuple[str, str, str]] = []
        #: answers of the receivers of webhooks
        self.called: list[tuple[str, int]] = []
        self._lock = threading.RLock()
        self._recent: dict[str, list[float]] = {}
        self._rests: dict[str, float] = {}
        self._stopped = threading.Event()

    # === For tests ===

    @property
    def api(self) -> str:
        return self.url + PREFIX

    @property
    def receipts(self) -> list:
        """Everything that was registered, in order."""
        self.settle()
        return [receipt for receipt in self.organisation.receipts.values() if receipt.status == "DONE"]

    @property
    def shifts(self) -> list:
        self.settle()
        return list(self.organisation.shifts.values())

    def settle(self) -> None:
        """Bring to its end what is due, and call back."""
        with self._lock:
            self.organisation.settle()
            news, self.organisation.news = self.organisation.news, []
        for register, key, value in news:
            if register.webhook:
                body = json.dumps({key: value}, ensure_ascii=False).encode()
                threading.Thread(target=self._call_back, args=(register, body), daemon=True).start()

    def documents_json(self) -> list[dict]:
        return [
            {
                "type": {"SELL": "sale", "RETURN": "sale_return"}.get(receipt.type, receipt.type.lower()),
                "id": receipt.id,
                "register": receipt.shift.register.fiscal_number,
                "shift": receipt.shift.serial,
                "cashier": receipt.shift.cashier.name,
                "number": receipt.fiscal_code,
                "total": f"{receipt.total / 100:.2f}",
                "payments": {"CASH": f"{receipt.cash / 100:.2f}", "CASHLESS": f"{receipt.card / 100:.2f}"},
                "change": f"{receipt.rest / 100:.2f}",
                "lines": [
                    {
                        "name": item["good"]["name"],
                        "price": f"{item['good']['price'] / 100:.2f}",
                        "quantity": f"{item['quantity'] / 1000:g}",
                        "amount": f"{item['total_sum'] / 100:.2f}",
                        "tax": item["taxes"],
                    }
                    for item in receipt.goods
                ],
            }
            for receipt in self.receipts
        ]

    def tapes(self) -> list[str]:
        return [self.organisation.tape(receipt) for receipt in self.receipts]

    def strike(self, fault: Fault) -> bool:
        options, organisation = fault.options, self.organisation
        match fault.kind:
            case "expired_tokens":
                self.tokens.clear()
            case "shift_expired":
                self.settle()
                for shift in organisation.shifts.values():
                    if shift.opened_at and shift.status == "OPENED":
                        shift.opened_at -= timedelta(hours=25)
            case "offline":
                organisation.tax_service(not options.get("active", True))
            case "slow":
                organisation.latency = options.get("seconds", 2)
            case "receipt_error" | "opening_error" | "closing_error":
                message = options.get("message", "ДПС: документ не прийнято")
                organisation.failures[fault.kind.partition("_")[0]] += [message] * max(fault.times, 1)
            case _:
                return False
        return True

    def stop(self) -> None:
        self._stopped.set()
        super().stop()

    # === HTTP ===

    def name_of(self, request: HttpRequest) -> str:
        route = self._route(request)
        return f"{request.method} {route[0]}" if route else f"{request.method} {request.path}"

    def _route(self, request: HttpRequest):
        path = urlsplit(request.path).path.removeprefix(PREFIX)
        for method, pattern, template, name, needs in _ROUTES:
            if method == request.method and (match := pattern.fullmatch(path)):
                return template, name, needs, match.groupdict()
        return None

    def answer(self, request: HttpRequest, fault: Fault | None) -> HttpAnswer:
        if not request.path.startswith(PREFIX):
            return html_answer("<html><body>404</body></html>", 404)
        if fault and fault.kind == "throttled":
            extra = {"Retry_After": str(fault.options["retry_after"])} if "retry_after" in fault.options else {}
            return json_answer({"code": None, "message": "Too Many Requests"}, 429, **extra)
        headers = {name.lower(): value for name, value in request.headers.items()}
        agent = headers.get("user-agent", "").lower()
        if (fault and fault.kind == "no_key_name") or not agent or agent.startswith("python"):
            return html_answer("<html><body>error code: 1010</body></html>", 403)
        if fault and fault.kind == "internal_error" and not fault.options.get("execute"):
            return json_answer({"code": None, "message": "Internal Server Error"}, 500)
        try:
            with self._lock:
                self.organisation.settle()
                answer = self._serve(request, headers)
        except Refused as refused:
            body = {"code": refused.code, "message": refused.message}
            answer = json_answer({**body, "detail": refused.detail} if refused.detail else body, refused.status)
        self.settle()
        self._later()
        if fault and fault.kind == "internal_error":
            return json_answer({"code": None, "message": "Internal Server Error"}, 500)
        return answer

    def _later(self) -> None:
        """Where somebody is called back, documents come to their end without being asked for."""
        organisation = self.organisation
        if any(register.webhook for register in organisation.registers):
            timer = threading.Timer(organisation.latency + 0.05, self.settle)
            timer.daemon = True
            timer.start()

    def _serve(self, request: HttpRequest, headers: dict) -> HttpAnswer:
        route = self._route(request)
        if not route:
            raise Refused(404, None, "Not Found")
        __, name, needs, values = route
        call = Called(request, headers, values)
        if needs and not headers.get("x-client-name"):
            raise Refused(422, "validation.custom", "Помилка валідації", [_missing("header", "X-Client-Name")])
        call.register = self._register(headers, needed=bool({*needs} & {*"kb"}))
        if "b" in needs:
            call.cashier = self._cashier(headers)
        return getattr(self, name)(call)

    def _register(self, headers: dict, needed: bool) -> CashRegister | None:
        key = headers.get("x-license-key")
        if not key:
            if needed:
                raise Refused(422, "validation.custom", "Помилка валідації", [_missing("header", "X-License-Key")])
            return None
        for register in self.organisation.registers:
            if register.licence_key == key:
                return register
        raise Refused(401, "cash_register.invalid_license_key", "Невірний ключ ліцензії каси")

    def _cashier(self, headers: dict) -> Cashier:
        scheme, __, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refused(403, None, "Not authenticated")
        if token not in self.tokens:
            raise Refused(401, "base.credentials", "Could not validate credentials")
        return self.tokens[token][0]

    def _body(self, call: Called, schema: dict) -> object:
        try:
            body = json.loads(call.request.body or b"{}")
        except ValueError:
            raise Refused(422, "validation.custom", "Помилка валідації", [_missing("body", "")]) from None
        if detail := schemas.check(schema, body, unknown=self.unknown_fields):
            raise Refused(422, "validation.custom", "Помилка валідації", detail)
        return body

    # === Signing in (§1.3) ===

    def sign_in(self, call: Called) -> HttpAnswer:
        body = self._body(call, schemas.SIGN_IN)
        for cashier in self.organisation.cashiers:
            if cashier.login == body["login"] and cashier.password == body["password"]:
                return self._token(cashier, call)
        raise Refused(403, "cashier.invalid_credentials", "Невірний логін або пароль")

    def sign_in_pin(self, call: Called) -> HttpAnswer:
        body = self._body(call, schemas.SIGN_IN_PIN)
        for cashier in self.organisation.cashiers:
            if cashier.pin and cashier.pin == body["pin_code"]:
                return self._token(cashier, call)
        raise Refused(403, "cashier.invalid_credentials", "Невірний пінкод")

    def _token(self, cashier: Cashier, call: Called) -> HttpAnswer:
        claims = {"token_type": "bearer", "jti": str(uuid4()), "sub": cashier.id, "iat": int(time.time())}
        payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        token = f"eyJhbGciOiJIUzI1NiJ9.{payload}.{uuid4().hex}"
        self.tokens[token] = (cashier, call.register)
        return json_answer({"type": "bearer", "token_type": "bearer", "access_token": token})

    def sign_out(self, call: Called) -> HttpAnswer:
        self.tokens.pop(call.headers["authorization"].partition(" ")[2], None)
        return HttpAnswer(205, b"")

    def me(self, call: Called) -> HttpAnswer:
        return json_answer(self.organisation.cashier_json(call.cashier, full=True))

    def my_shift(self, call: Called) -> HttpAnswer:
        shift = self.organisation.open_of(call.cashier)
        return json_answer(shift and self.organisation.shift_json(shift))

    def check_signature(self, call: Called) -> HttpAnswer:
        cashier = call.cashier
        row = {"online": cashier.online, "type": cashier.signature_type, "shift_open_possibility": cashier.online}
        return json_answer(row)

    def taxes(self, call: Called) -> HttpAnswer:
        return json_answer(self.organisation.taxes)

    # === Registers (§2) ===

    def info(self, call: Called) -> HttpAnswer:
        return json_answer(self.organisation.register_json(call.register))

    def shifts_of_register(self, call: Called) -> HttpAnswer:
        statuses = call.query.get("statuses", [])
        rows = [
            shift
            for shift in self.organisation.shifts.values()
            if shift.register is call.register and (not statuses or shift.status in statuses)
        ]
        if call.query.get("desc") == ["true"]:
            rows.reverse()
        limit = min(int(call.query.get("limit", ["25"])[0]), 50)
        page = [self.organisation.shift_json(shift, whole=False) for shift in rows[:limit]]
        return json_answer({"meta": {"limit": limit, "offset": 0}, "results": page})

    def ping(self, call: Called) -> HttpAnswer:
        answers = self.organisation.dps_answers
        row = {"status": "DONE" if answers else "TIMEOUT", "error": None, "response_status": "OK" if answers else None}
        return json_answer({**row, "response": None})

    def go_online(self, call: Called) -> HttpAnswer:
        self.organisation.go_online(call.register)
        return json_answer({"status": "ok"})

    def ask_codes(self, call: Called) -> HttpAnswer:
        count = int(call.query.get("count", ["2000"])[0])
        if not 1 <= count <= 10000:
            raise Refused(422, "validation.custom", "Помилка валідації", [_missing("query", "count")])
        if not self.organisation.dps_answers:
            return json_answer({"status": "TIMEOUT"})
        codes = call.register.codes
        codes.extend(f"OFF{len(codes) + index:06}N" for index in range(count))
        return json_answer({"status": "OK"})

    def count_codes(self, call: Called) -> HttpAnswer:
        available = len(call.register.codes)
        row = {"available": available, "default": 2000, "minimal": 1000, "used": call.register.codes_used}
        return json_answer({**row, "enough_offline_codes": available >= 1000})

    def offline_time(self, call: Called) -> HttpAnswer:
        register = call.register
        current = (
            (self.organisation.clock() - register.offline_since).total_seconds() / 60 if register.offline_since else 0
        )
        status = {"current": int(current), "total": int(register.offline_total * 60 + current)}
        return json_answer({"status": status, "sessions": []})

    # === Shifts (§3) ===

    def _client(self, call: Called) -> str:
        return call.headers.get("x-client-name", "")

    def open_shift(self, call: Called) -> HttpAnswer:
        body = self._body(call, schemas.OPEN_SHIFT)
        if at := body.get("auto_close_at"):
            if datetime.fromisoformat(at).astimezone(UTC).date() != self.organisation.clock().date():
                raise Refused(422, None, "Дата закриття може бути лише в рамках поточного дня!")
        shift = self.organisation.open_shift(call.cashier, call.register, body, self._client(call))
        return json_answer(self.organisation.shift_json(shift), 202)

    def close_shift(self, call: Called) -> HttpAnswer:
        body = self._body(call, schemas.CLOSE_SHIFT)
        shift = self.organisation.close_shift(call.cashier, body, self._client(call))
        return json_answer(self.organisation.shift_json(shift), 202)

    def close_other_shift(self, call: Called) -> HttpAnswer:
        body = self._body(call, schemas.CLOSE_SHIFT)
        shift = self.organisation.shifts.get(call.values["id"])
        if not shift:
            raise Refused(404, None, "Not Found")
        if not call.cashier.permissions.get("close_other_shifts"):
            raise Refused(403, "cashier.permission_denied", "Недостатньо прав")
        self.organisation.close_shift(call.cashier, body, self._client(call), shift)
        return json_answer(self.organisation.shift_json(shift))

    def shift(self, call: Called) -> HttpAnswer:
        shift = self.organisation.shifts.get(call.values["id"])
        if not shift:
            raise Refused(404, None, "Not Found")
        return json_answer(self.organisation.shift_json(shift))

    # === Receipts (§4) ===

    def _keep_pace(self, call: Called) -> None:
        """§8.2"""
        if not self.pace:
            return
        key, now = call.register.id, time.monotonic()
        recent = self._recent[key] = [moment for moment in self._recent.get(key, []) if now - moment < 1]
        if self._rests.get(key, 0) > now or len(recent) >= PACE:
            self._rests[key] = max(self._rests.get(key, 0), now + (REST if len(recent) >= PACE else 0))
            raise Refused(429, None, "Too Many Requests")
        recent.append(now)

    def sell(self, call: Called) -> HttpAnswer:
        self._keep_pace(call)
        body = self._body(call, schemas.SELL)
        return self._accepted(self.organisation.sell(call.cashier, body))

    def service(self, call: Called) -> HttpAnswer:
        self._keep_pace(call)
        return self._accepted(self.organisation.service(call.cashier, self._body(call, schemas.SERVICE)))

    def prepay(self, call: Called) -> HttpAnswer:
        self._keep_pace(call)
        return self._accepted(self.organisation.prepay(call.cashier, self._body(call, schemas.PREPAYMENT)))

    def prepay_next(self, call: Called) -> HttpAnswer:
        self._keep_pace(call)
        body = self._body(call, schemas.PREPAYMENT_NEXT)
        return self._accepted(self.organisation.prepay_next(call.cashier, call.values["id"], body))

    def prepay_return(self, call: Called) -> HttpAnswer:
        self._keep_pace(call)
        body = self._body(call, schemas.PREPAYMENT_RETURN)
        returns = self.organisation.prepay_return(call.cashier, call.values["id"], body)
        return json_answer([self.organisation.receipt_json(receipt, nested=True) for receipt in returns], 201)

    def _accepted(self, receipt) -> HttpAnswer:
        return json_answer(self.organisation.receipt_json(receipt, nested=True), 201)

    def chain(self, call: Called) -> HttpAnswer:
        chain = self.organisation.chain(call.values["id"])
        paid = self.organisation.paid(chain)
        left = chain["total"] - paid
        status = self._chain_status(chain, left)
        sold = [one for one in chain["receipts"] if one.type == "SELL"]
        rows = [self.organisation.receipt_json(one, nested=False) for one in sold]
        closing = rows.pop() if status == "FULL_PAID" or (rows and not left) else None
        returns = {one.body["related_receipt_id"]: one.id for one in chain["receipts"] if one.type == "RETURN"}
        return json_answer(
            {
                "relation_id": call.values["id"],
                "paid_sum": float(paid),  # §4.4: a `number`
                "total_sum": float(chain["total"]),
                "left_to_pay": left,
                "pre_payment_status": status,
                "receipts_chain": {"pre_payment_receipts": rows, "after_payment_receipt": closing},
                "receipt_chain": {
                    "returned_receipts": [one.id for one in chain["receipts"] if one.type == "RETURN"],
                    "returned_receipts_mapping": returns,
                },
            }
        )

    def _chain_status(self, chain: dict, left: int) -> str:
        returns = self.organisation.of_chain(chain, "RETURN")
        if returns:
            # what a part of a cancellation is, is not known: here, that not all of it is registered yet
            whole = len(returns) == len(self.organisation.of_chain(chain, "SELL"))
            done = whole and all(receipt.status == "DONE" for receipt in returns)
            return "CANCELLED" if done else "PARTIAL_CANCELLED"
        return "PARTIAL_PAID" if left else "FULL_PAID"

    def _receipt(self, call: Called):
        receipt = self.organisation.receipts.get(call.values["id"])
        if not receipt:
            raise Refused(404, None, "Сталась помилка при запиті до архіву чеків: [not_found#404] Not Found")
        return receipt

    def receipt(self, call: Called) -> HttpAnswer:
        return json_answer(self.organisation.receipt_json(self._receipt(call), nested=False))

    def receipt_html(self, call: Called) -> HttpAnswer:
        return html_answer(f"<pre>{self.organisation.tape(self._receipt(call))}</pre>")

    def receipt_text(self, call: Called) -> HttpAnswer:
        return _text(self.organisation.tape(self._receipt(call)))

    def receipt_pdf(self, call: Called) -> HttpAnswer:
        self._receipt(call)
        return HttpAnswer(200, b"%PDF-1.4\n%%EOF", {"Content-Type": "application/pdf"})

    def receipt_png(self, call: Called) -> HttpAnswer:
        self._receipt(call)
        return HttpAnswer(200, PIXEL, {"Content-Type": "image/png"})

    def send_email(self, call: Called) -> HttpAnswer:
        receipt = self._receipt(call)
        for address in self._body(call, schemas.EMAILS):
            self.mail.append(("email", address, receipt.id))
        return json_answer({"ok": True})

    def send_sms(self, call: Called) -> HttpAnswer:
        receipt = self._receipt(call)
        body = self._body(call, schemas.SMS)
        if not self.organisation.can_send_sms:
            raise Refused(400, "organization.option_disabled", "Відправку СМС не увімкнено")
        self.mail.append(("sms", body["phone"], receipt.id))
        return json_answer({"ok": True})

    # === Reports (§6) ===

    def x_report(self, call: Called) -> HttpAnswer:
        shift = self.organisation.working_shift(call.cashier)
        return json_answer(self.organisation.make_report(shift, is_z=False), 201)

    def report(self, call: Called) -> HttpAnswer:
        report = self.organisation.reports.get(call.values["id"])
        if not report:
            raise Refused(404, None, "Not Found")
        return json_answer(report)

    def report_text(self, call: Called) -> HttpAnswer:
        report = self.organisation.reports.get(call.values["id"])
        if not report:
            raise Refused(404, None, "Not Found")
        return _text(self.organisation.report_text(report))

    # === Webhooks (§7) ===

    def set_webhook(self, call: Called) -> HttpAnswer:
        body = self._body(call, schemas.WEBHOOK)
        now = iso(self.organisation.clock())
        call.register.webhook_key = uuid4().hex
        call.register.webhook = {"url": body["url"], "created_at": now, "updated_at": now}
        call.register.webhook |= {"last_error_date": None, "last_error_message": None}
        return json_answer({**call.register.webhook, "key": call.register.webhook_key})

    def get_webhook(self, call: Called) -> HttpAnswer:
        if not call.register.webhook:
            raise Refused(404, None, "Not Found")
        return json_answer(call.register.webhook)

    def delete_webhook(self, call: Called) -> HttpAnswer:
        call.register.webhook, call.register.webhook_key = None, ""
        return json_answer({"ok": True})

    def _call_back(self, register: CashRegister, body: bytes) -> None:
        """Until it is answered below 400, for 4 hours, with growing pauses."""
        webhook, key = register.webhook, register.webhook_key
        if not webhook:
            return
        headers = {"Content-Type": "application/json", "x-request-signature": signature(key, body)}
        pause, since = FIRST_PAUSE, time.monotonic()
        while time.monotonic() - since < GIVE_UP:
            try:
                request = urllib.request.Request(webhook["url"], body, headers, method="POST")
                with urllib.request.urlopen(request, timeout=10) as response:
                    self.called.append((webhook["url"], response.status))
                    return
            except OSError as error:
                self.called.append((webhook["url"], getattr(error, "code", 0)))
                webhook |= {"last_error_date": iso(self.organisation.clock()), "last_error_message": str(error)}
            if self._stopped.wait(pause):
                return
            pause = min(pause * 2, LONGEST_PAUSE)


def signature(key: str, body: bytes) -> str:
    """§7: Base64 of HMAC-SHA256 over the raw body."""
    return base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()


class Called:
    """One request on its way to the method that answers it."""

    def __init__(self, request: HttpRequest, headers: dict, values: dict):
        self.request, self.headers, self.values = request, headers, values
        self.query = parse_qs(urlsplit(request.path).query)
        self.register: CashRegister | None = None
        self.cashier: Cashier | None = None


def _missing(*where: str) -> dict:
    return {"loc": list(where), "msg": "field required", "type": "value_error.missing", "ctx": {}}


def _text(text: str) -> HttpAnswer:
    return HttpAnswer(200, text.encode(), {"Content-Type": "text/plain; charset=utf-8"})


if __name__ == "__main__":
    main(CheckboxEmulator, "An emulator of Checkbox for tests and demonstrations.")
