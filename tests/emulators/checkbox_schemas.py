"""The bodies that Checkbox takes, as JSON schemas, and a check that names what is wrong as the service does.

Written from docs/protocols/checkbox.md, whose sections `§` names. The check knows the words of JSON Schema that
stand here and no others.
"""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

UUID_TYPE = {"type": "string", "format": "uuid"}
TEXT = {"type": "string"}
KOPECKS = {"type": "integer", "minimum": 0}


def _object(properties: dict, *required: str) -> dict:
    return {"type": "object", "properties": properties, "required": list(required)}


#: §4.1 `DiscountPayload`
DISCOUNT = _object(
    {
        "type": {"enum": ["DISCOUNT", "EXTRA_CHARGE", "PRE_PAYMENT"]},
        "mode": {"enum": ["PERCENT", "VALUE"]},
        "value": {"type": "number", "minimum": 0},
        "name": TEXT,
        "tax_codes": {"type": "array"},
        "privilege": TEXT,
    },
    "type",
    "mode",
    "value",
)
#: §4.1 `GoodDetailsPayload`
GOOD = _object(
    {
        "code": {"type": "string", "minLength": 1, "maxLength": 256},
        "name": {"type": "string", "minLength": 1},
        "price": {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 10**11},
        "original_price": {"type": "integer"},
        "tax": {
            "maxItems": 2,
            "anyOf": [
                {"type": "array", "items": {"type": "integer"}},
                {"type": "array", "items": {"type": "string"}},
            ],
        },
        "uktzed": {"type": "string", "maxLength": 64},
        "barcode": {"type": "string", "maxLength": 4096},
        "excise_barcodes": {"type": "array", "items": TEXT},
        "e_excise_barcodes": {"type": "array", "items": TEXT},
        "header": {"type": "string", "maxLength": 1024},
        "footer": {"type": "string", "maxLength": 1024},
        "icon": TEXT,
    },
    "code",
    "name",
    "price",
)
#: §4.1 `GoodItemPayload`
ITEM = _object(
    {
        "good": GOOD,
        "good_id": UUID_TYPE,
        "quantity": {"type": "integer", "exclusiveMinimum": 0},
        "is_return": {"type": "boolean"},
        "is_winnings_payout": {"type": "boolean"},
        "discounts": {"type": "array", "items": DISCOUNT},
        "total_sum": {"type": "integer"},
    },
    "good",
    "quantity",
)
LABEL = {"type": "string", "minLength": 1, "maxLength": 128}
CASH = _object({"type": {"const": "CASH"}, "value": {"type": "integer"}, "label": LABEL}, "type", "value")
CASHLESS = _object(
    {
        "type": {"const": "CASHLESS"},
        "value": {"type": "integer"},
        "code": {"type": "integer", "minimum": 1, "maximum": 9},
        "label": LABEL,
        "provider_type": {"enum": ["TAPXPHONE", "POSCONTROL", "TERMINAL", "ANDROID_PAYLINK", "DESKTOP_PAYLINK"]},
        "commission": {"type": "integer"},
        "card_mask": {"type": "string", "maxLength": 19},
        "bank_name": TEXT,
        "auth_code": TEXT,
        "rrn": TEXT,
        "payment_system": TEXT,
        "owner_name": TEXT,
        "terminal": TEXT,
        "acquirer_and_seller": TEXT,
        "receipt_no": TEXT,
        "signature_required": {"type": "boolean"},
        "tapxphone_terminal": TEXT,
        "transaction_id": TEXT,
        "operation_type": TEXT,
        "ereceipt_data": {"type": "object"},
    },
    "type",
    "value",
)
PAYMENTS = {"type": "array", "items": {"oneOf": [CASH, CASHLESS]}}
DELIVERY = _object(
    {
        "email": TEXT,
        "emails": {"type": "array", "items": {"type": "string", "pattern": r"[^@\s]+@[^@\s]+"}, "uniqueItems": True},
        "phone": {"type": "string", "pattern": r"\+?380\d{9}$"},
    }
)
CONTEXT = {"type": "object", "additionalProperties": {"type": ["string", "integer", "number", "boolean"]}}
_HEAD = {
    "cashier_name": TEXT,
    "departament": TEXT,
    "delivery": DELIVERY,
    "header": TEXT,
    "footer": TEXT,
    "payments": PAYMENTS,
    "rounding_mode": {"enum": ["ROUND_10", "ROUND_50"]},
}
#: §4.1 `ReceiptSellPayload`
SELL = _object(
    {
        "id": UUID_TYPE,
        **_HEAD,
        "goods": {"type": "array", "minItems": 1, "items": ITEM},
        "discounts": {"type": "array", "items": DISCOUNT},
        "bonuses": {"type": "array"},
        "rounding": {"type": "boolean"},
        "barcode": TEXT,
        "control_number": {"type": "string", "minLength": 1, "maxLength": 4},
        "order_id": UUID_TYPE,
        "related_receipt_id": UUID_TYPE,
        "related_receipt_created_at": {"type": "string", "format": "date-time"},
        "previous_receipt_id": UUID_TYPE,
        "technical_return": {"type": "boolean"},
        "is_pawnshop": {"type": "boolean"},
        "stock_code": TEXT,
        "context": CONTEXT,
        "custom": {"type": "object"},
        "callback_url": {"type": "string", "maxLength": 2083},
    },
    "goods",
)
#: §4.4
PREPAYMENT = _object(
    {
        **SELL["properties"],
        "custom_relation_id": {"type": "string", "minLength": 10, "maxLength": 256},
        "ettn": {"type": "string", "minLength": 12, "maxLength": 28},
    },
    "goods",
)
PREPAYMENT_NEXT = _object({"id": UUID_TYPE, **_HEAD})
PREPAYMENT_RETURN = _object(
    {
        "cashier_name": TEXT,
        "rounding_mode": {"enum": ["ROUND_10", "ROUND_50"]},
        "delivery": DELIVERY,
        "skip_total_cash_validation": {"type": "boolean"},
        "check_ettn": {"type": "boolean"},
    }
)
#: §4.3
SERVICE = _object(
    {
        "id": UUID_TYPE,
        "payment": CASH,
        "context": CONTEXT,
        "custom": {"type": "object"},
        "footer": TEXT,
        "fiscal_code": TEXT,
        "fiscal_date": {"type": "string", "format": "date-time"},
    },
    "payment",
)
#: §3.1, §3.3
OPEN_SHIFT = _object(
    {
        "id": UUID_TYPE,
        "auto_close_at": {"type": "string", "format": "date-time"},
        "fiscal_code": TEXT,
        "fiscal_date": {"type": "string", "format": "date-time"},
    }
)
CLOSE_SHIFT = _object(
    {
        "skip_client_name_check": {"type": "boolean"},
        "report": {"type": "object"},
        "fiscal_code": TEXT,
        "fiscal_date": {"type": "string", "format": "date-time"},
    }
)
#: §1.3
SIGN_IN = _object({"login": TEXT, "password": TEXT}, "login", "password")
SIGN_IN_PIN = _object({"pin_code": TEXT}, "pin_code")
#: §7
WEBHOOK = _object({"url": {"type": "string", "pattern": r"https?://", "maxLength": 2083}}, "url")
#: §4.3: the body is an array
EMAILS = {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": r"[^@\s]+@[^@\s]+"}}
SMS = _object({"phone": {"type": "string", "pattern": r"\+?380\d{9}$"}}, "phone")

_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


def _is(value: object, kind: str) -> bool:
    if isinstance(value, bool) and kind != "boolean":
        return False
    return isinstance(value, _TYPES[kind])


def check(schema: dict, value: object, where: tuple = ("body",), unknown: set | None = None) -> list[dict]:
    """What is wrong with `value`, each as a row of `detail` (§8.1).

    :param unknown: takes the names that the schema does not have
    """

    def wrong(message: str, kind: str, **context) -> list[dict]:
        return [{"loc": list(where), "msg": message, "type": kind, "ctx": context}]

    if branches := schema.get("oneOf"):
        kind = value.get("type") if isinstance(value, dict) else None
        for branch in branches:
            if branch["properties"]["type"]["const"] == kind:
                return check(branch, value, where, unknown)
        return wrong(f"No match for discriminator 'type' and value {kind!r}", "value_error.discriminated_union")
    if branches := schema.get("anyOf"):
        tries = [check(branch, value, where, unknown) for branch in branches]
        if all(tries):
            return tries[0]
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        return wrong(f"value is not a valid {kinds[0]}", f"type_error.{kinds[0]}")
    if "const" in schema and value != schema["const"]:
        return wrong(f"unexpected value; permitted: {schema['const']!r}", "value_error.const")
    if "enum" in schema and value not in schema["enum"]:
        return wrong(f"value is not a valid enumeration member; permitted: {schema['enum']}", "type_error.enum")
    found = []
    if isinstance(value, dict):
        found = _check_object(schema, value, where, unknown)
    elif isinstance(value, list):
        found = _check_list(schema, value, where, unknown, wrong)
    elif isinstance(value, str):
        found = _check_text(schema, value, wrong)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found = _check_number(schema, value, wrong)
    return found


def _check_object(schema, value, where, unknown):
    found = []
    properties = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in value:
            found.append({"loc": [*where, name], "msg": "field required", "type": "value_error.missing", "ctx": {}})
    for name, part in value.items():
        rule = properties.get(name, schema.get("additionalProperties"))
        if rule:
            found += check(rule, part, (*where, name), unknown)
        elif properties and name not in properties and unknown is not None:
            unknown.add(".".join(str(step) for step in (*where, name) if not isinstance(step, int)))
    return found


def _check_list(schema, value, where, unknown, wrong):
    if len(value) < schema.get("minItems", 0):
        return wrong("ensure this value has at least 1 items", "value_error.list.min_items", limit_value=1)
    if len(value) > schema.get("maxItems", len(value)):
        return wrong("too many items", "value_error.list.max_items", limit_value=schema["maxItems"])
    if schema.get("uniqueItems") and len({str(item) for item in value}) < len(value):
        return wrong("the list has duplicated items", "value_error.list.unique_items")
    rule = schema.get("items", {})
    return [row for index, item in enumerate(value) for row in check(rule, item, (*where, index), unknown)]


def _check_text(schema, value, wrong):
    if len(value) < schema.get("minLength", 0):
        return wrong("ensure this value has at least 1 characters", "value_error.any_str.min_length")
    if len(value) > schema.get("maxLength", len(value)):
        return wrong(
            f"ensure this value has at most {schema['maxLength']} characters", "value_error.any_str.max_length"
        )
    if "pattern" in schema and not re.match(schema["pattern"], value):
        return wrong("string does not match regex", "value_error.str.regex", pattern=schema["pattern"])
    try:
        if schema.get("format") == "uuid":
            UUID(value)
        if schema.get("format") == "date-time":
            datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return wrong(f"value is not a valid {schema['format']}", f"type_error.{schema['format']}")
    return []


def _check_number(schema, value, wrong):
    limits = {
        "minimum": lambda limit: value >= limit,
        "maximum": lambda limit: value <= limit,
        "exclusiveMinimum": lambda limit: value > limit,
        "exclusiveMaximum": lambda limit: value < limit,
    }
    for name, holds in limits.items():
        if name in schema and not holds(schema[name]):
            return wrong(f"ensure this value is within {name} {schema[name]}", f"value_error.number.{name}")
    return []
