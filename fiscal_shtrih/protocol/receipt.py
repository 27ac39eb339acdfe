"""The frozen request as commands of one register (§8): tags by its format, codes of VAT by its tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from ...fiscal_base.const import AGENT_DATA
from .. import const
from . import marking, tlv
from .commands import Command, Commands
from .profile import Profile


class Unfit(ValueError):
    """This register, as it is set, cannot register the document. `code`: key of a sentence; `values`: what it names."""

    def __init__(self, code: str, **values):
        super().__init__(code)
        self.code, self.values_named = code, values


class Piece(NamedTuple):
    """A marking code to be checked before the lines."""

    name: str
    planned: int
    code: bytes
    tags: bytes


def unfit(plan: dict, profile: Profile) -> None:
    """:raises Unfit: for the first reason why the register cannot take the document as it is set now"""
    if plan["operation"] not in const.RECEIPTS:
        return
    if profile.tax_mode:
        raise Unfit("tax_mode")
    if profile.format not in (const.FFD_105, const.FFD_12):
        raise Unfit("format", version=const.FORMATS.get(profile.format, str(profile.format)))
    for line in plan["lines"]:
        if line["tax"] not in profile.vat:
            swapped = profile.swaps and line["tax"] in ("vat20", "vat120")
            raise Unfit("vat_swapped" if swapped else "vat_missing", name=line["name"])
        if line["subject"] not in const.SUBJECTS[profile.format]:
            raise Unfit("subject", name=line["name"])
        if line.get("code") and profile.format == const.FFD_105 and marking.nomenclature(line["code"]) is None:
            raise Unfit("code_of_105", name=line["name"])
    if plan["operation"] in const.CORRECTIONS:
        _unfit_correction(plan, profile)


def _unfit_correction(plan: dict, profile: Profile) -> None:
    if profile.format == const.FFD_12:
        if not profile.has(const.CORRECTIONS_12):
            raise Unfit("correction_12")
        return
    if plan["operation"] not in const.OLD_CORRECTIONS:
        raise Unfit("correction_105")
    for line in plan["lines"]:
        if _place_of_rate(line["tax"], profile) is None:
            raise Unfit("correction_rate", name=line["name"])


def _place_of_rate(tax: str, profile: Profile) -> int | None:
    """Place of a rate in FF4Ah; 22 % stands in that of 20 % where the register swaps the two (§9)."""
    if profile.swaps:
        tax = {"vat22": "vat20", "vat122": "vat120"}.get(tax, tax)
    return const.OLD_CORRECTION_RATES.index(tax) if tax in const.OLD_CORRECTION_RATES else None


# === Tags of the document ===


def cashier_tags(plan: dict, commands: Commands) -> list[Command]:
    name, number = plan["cashier"]
    tags = [tlv.text(1021, name, 64)] if name else []
    if number:
        tags.append(tlv.fixed(1203, number, 12))
    return [commands.document_tag(tag) for tag in tags]


def document_tags(plan: dict, profile: Profile, commands: Commands) -> list[Command]:
    """FF0Ch, one tag each (§14)."""
    tags = []
    if plan["contact"]:
        tags.append(tlv.text(1008, plan["contact"], 64))
        if plan["sender"] and "@" in plan["contact"]:
            tags.append(tlv.text(1117, plan["sender"], 64))
    if plan["place"]:
        tags.append(tlv.text(1187, plan["place"], 200))
    if plan["customer"]:
        name, number = plan["customer"]
        customer = [tlv.text(1227, name, 128), tlv.fixed(1228, number, 12)]
        tags += [tlv.nested(1256, customer)] if profile.format == const.FFD_12 else customer
    tags += _correction_tags(plan, profile)
    return cashier_tags(plan, commands) + [commands.document_tag(tag) for tag in tags]


def _correction_tags(plan: dict, profile: Profile) -> list[bytes]:
    correction = plan["correction"]
    if not correction:
        return []
    tags = []
    if profile.format == const.FFD_12:
        tags.append(tlv.byte(1173, correction["kind"]))
        if correction["sign"]:
            tags.append(tlv.text(1192, correction["sign"], 16))
    elif correction["reason"]:
        tags.append(tlv.text(1177, correction["reason"], 255))
    tags.append(tlv.day(1178, date.fromisoformat(correction["date"])))
    if correction["number"]:
        tags.append(tlv.text(1179, correction["number"], 32))
    return tags


# === Lines ===


def line_commands(plan: dict, profile: Profile, commands: Commands) -> Iterator[Command]:
    """Each line with its tags and its marking code, in the order that the family of registers wants (trap 6)."""
    operation = const.RECEIPTS[plan["operation"]][1]
    for line in plan["lines"]:
        main = commands.line(
            operation,
            line["quantity"],
            line["price"],
            line["amount"],
            profile.vat[line["tax"]],
            line["department"],
            line["method"],
            line["subject"],
            line["name"],
        )
        beside = [commands.line_tag(tag) for tag in _line_tags(line, profile)]
        if line.get("code") and profile.format == const.FFD_12:
            beside.append(commands.bind_code(marking.wire(line["code"])))
        yield from (*beside, main) if profile.tags_first else (main, *beside)


def _line_tags(line: dict, profile: Profile) -> list[bytes]:
    if profile.format == const.FFD_12:
        tags = [tlv.byte(2108, line["measure"])]
    else:
        tags = [tlv.text(1197, const.UNITS.get(line["measure"], const.UNITS[255]), 16)]
        if line.get("code"):
            tags.append(tlv.tag(1162, marking.nomenclature(line["code"])))
    if agent := line.get("agent"):
        tags += _agent_tags(agent)
    return tags


def _agent_tags(agent: dict) -> list[bytes]:
    """FFD tags 1222 (a bit for each kind), 1223, 1224 and 1226."""
    tags = [tlv.byte(1222, 1 << agent["kind"])]
    data = agent["data"]
    if data:
        limits = {1044: 24, 1026: 64, 1005: 256, 1016: 12}
        numbered = sorted((AGENT_DATA[key], value) for key, value in data.items())
        tags.append(
            tlv.nested(
                1223,
                [
                    tlv.fixed(number, value, 12) if number == 1016 else tlv.text(number, value, limits.get(number, 19))
                    for number, value in numbered
                ],
            )
        )
    supplier = [tlv.text(1225, agent["supplier"], 256)] if agent["supplier"] else []
    if agent["phone"]:
        supplier.append(tlv.text(1171, agent["phone"], 19))
    if supplier:
        tags.append(tlv.nested(1224, supplier))
    if agent["number"]:
        tags.append(tlv.fixed(1226, agent["number"], 12))
    return tags


def pieces(plan: dict, profile: Profile) -> list[Piece]:
    """Codes that a register of FFD 1.2 checks inside of the open receipt."""
    if profile.format != const.FFD_12:
        return []
    return [
        Piece(
            line["name"],
            marking.planned(plan["operation"], line["measure"]),
            marking.wire(line["code"]),
            _measured(line) if line["measure"] else b"",
        )
        for line in plan["lines"]
        if line.get("code")
    ]


def _measured(line: dict) -> bytes:
    """Measure and quantity (FVLN: number of decimals, then the integer) of a measured piece."""
    quantity = line["quantity"] // 1000
    value = b"\x03" + quantity.to_bytes(max(1, (quantity.bit_length() + 7) // 8), "little")
    return tlv.byte(2108, line["measure"]) + tlv.tag(1023, value)


# === The end ===


def closing(plan: dict, commands: Commands) -> Command:
    payments = {const.PAYMENTS[kind]: amount for kind, amount in plan["payments"].items()}
    return commands.close_receipt(payments, plan["tax_system"])


def correction_of_105(plan: dict, profile: Profile, commands: Commands) -> Command:
    """FF4Ah: no lines, sums by rate (§8.3). What was handed over too much comes off cash: it says no change."""
    rates = [0] * len(const.OLD_CORRECTION_RATES)
    for line in plan["lines"]:
        rates[_place_of_rate(line["tax"], profile)] += line["amount"]
    paid = plan["payments"] | {"cash": plan["payments"].get("cash", 0) - plan["change"]}
    return commands.correction(
        plan["correction"]["kind"],
        const.OLD_CORRECTIONS[plan["operation"]],
        plan["total"],
        [paid.get(kind, 0) for kind in const.PAYMENTS],
        rates,
        plan["tax_system"],
    )
