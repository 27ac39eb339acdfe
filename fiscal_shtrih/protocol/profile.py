"""What one register is and how it is set: read from its tables, never assumed (§9, §10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields

from .. import const


@dataclass(frozen=True)
class Profile:
    """Kept with the register in Odoo as JSON; read again when `serial` or `firmware` differs, and with each shift.

    :param model: number of the model (FCh)
    :param bits: abilities (F7h)
    :param format: version of the format of fiscal documents, `const.FORMATS`
    :param vat: code in the tax table "ru" → code in FF46h, of the rates that the register has
    :param swaps: it turns 20 % into 22 % by itself (table 17, field 71); None: it does not know the setting
    :param tax_mode: 0: the register computes VAT by lines
    """

    serial: int
    firmware: str
    model: int = 0
    name: str = ""
    bits: int = 0
    format: int = const.FFD_105
    vat: dict = field(default_factory=dict)
    swaps: bool | None = None
    tax_mode: int = 0
    register_number: str = ""

    def has(self, bit: int) -> bool:
        return bool(self.bits >> bit & 1)

    @property
    def tags_first(self) -> bool:
        """Tags and marking code of a line go before the line (§8.1, trap 6)."""
        return self.has(const.CASH_CORE) or self.model in const.TAGS_FIRST_MODELS

    def as_json(self) -> dict:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict | None) -> Profile | None:
        """None where nothing was kept, or something that this version does not know."""
        known = {item.name for item in fields(cls)}
        return cls(**data) if data and set(data) <= known and {"serial", "firmware"} <= set(data) else None


def vat_codes(rows: Iterable[tuple[int, int, str]], model: int, swaps: bool | None) -> dict[str, int]:
    """The codes by which FF46h names the rates of table 6 (§9, trap 9).

    A register that swaps 20 for 22 % has no 20 % any more, and takes the first row for 22 % where it has no row of its
    own for that.

    :param rows: number, hundredths of a percent, name
    """
    by_row = const.VAT_CODES_NANO if model == const.NANO else const.VAT_CODES
    rates = {}
    for number, rate, name in rows:
        lowered = name.casefold()
        calculated = "/" in name or "расч" in lowered
        key = None if "без" in lowered else (rate, calculated)
        if number in by_row:
            rates.setdefault(key, by_row[number])
    codes = {code: rates[key] for code, key in const.RATES.items() if key in rates}
    if swaps:
        for old, new in (("vat20", "vat22"), ("vat120", "vat122")):
            if old in codes:
                codes.setdefault(new, codes[old])
                del codes[old]
    return codes
