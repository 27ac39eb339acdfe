"""Mistakes and omissions: what is registered when a receipt was wrong, or was never made.

Format 1.2 has corrections with all lines (FNS method. recommendations: R40); format 1.05 and Ukraine undo a wrong
receipt by an ordinary return and register the right one (R41, U21). The rate is that of the first receipt (R46): the
caller gives the right receipt with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from ..const import CORRECTION_OF, RETURN_OF
from .event import Registered
from .receipt import Receipt

#: the operation that undoes another
UNDOES = {**RETURN_OF, **{back: sale for sale, back in RETURN_OF.items()}}


def correct(wrong: Receipt, source: Registered, right: Receipt | None, ffd: str = "") -> tuple[Receipt, ...]:
    """What corrects a registered receipt.

    :param wrong: as it was registered
    :param source: where it was registered: its sign (FFD tag 1192) and day (1178)
    :param right: as it should have been; None where it should not have been at all (registered twice: R44, U22)
    :param ffd: "1.2"; else the format knows no such correction, or the country none at all
    """
    undo = replace(wrong, operation=UNDOES[wrong.operation], chain=None, warnings=())
    receipts = [undo] if right is None else [undo, right]
    return tuple(replace(receipt, original=source) for receipt in missed(receipts, source.day, ffd))


def missed(receipts: Iterable[Receipt], day: date, ffd: str = "") -> tuple[Receipt, ...]:
    """Sales of `day` that were never registered: each a correction with its lines in format 1.2 (R42); the ordinary
    receipt, late, where there is no such correction (U23: no back-dating).
    """
    if ffd != "1.2":
        return tuple(receipts)
    return tuple(replace(receipt, operation=CORRECTION_OF[receipt.operation], day=day) for receipt in receipts)
