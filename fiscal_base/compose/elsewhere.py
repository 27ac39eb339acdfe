"""A country whose law the suite does not know: the demo register anywhere. The words of the FFD, any currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..tools.money import ZERO
from .russia import Russia


@dataclass(frozen=True, kw_only=True)
class Elsewhere(Russia):
    """Nothing is fiscal here, so nothing is refused for the sake of a law."""

    currency = ""

    def own_rounding(self, rounding: Decimal) -> Decimal:
        return rounding if self.capabilities.rounding else ZERO
