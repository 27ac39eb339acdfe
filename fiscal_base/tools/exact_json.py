"""JSON that keeps the exact digits of amounts: no number passes through a float."""

import json
from decimal import Decimal


def encode(value: object) -> str:
    """JSON text of `value` in which a Decimal is a number with exactly its digits."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{encode(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(encode, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def decode_object(text: str) -> dict | None:
    """The JSON object in `text`, which blanks or a byte order mark may precede; numbers that are not whole become
    Decimal. None if `text` is not a JSON object.
    """
    try:
        value = json.loads(text.lstrip("\ufeff \t\r\n"), parse_float=Decimal, parse_constant=lambda name: None)
    except (ValueError, ArithmeticError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
