"""What a provider can do; views, the till and the engine offer nothing else and rely on nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Capabilities:
    """Built once by `_<provider>_capabilities()`; constant for a register's settings.

    :param operations: keys of `const.OPERATIONS` that can be sent
    :param payment_kinds: keys of `const.PAYMENT_KINDS` that a receipt may carry
    :param tax_vocabulary: which `fiscal.tax.code` records fit; "" if the provider takes any rate as it is
    :param country: ISO code of the country whose law its receipts obey; "" if that of the company
    :param own_queue: the service has its own queue, so a document it has accepted does not hold up the next
    :param opens_shift: operations for which the service itself opens a closed shift
    :param deduplicates: the service recognises a repeated key, so an unknown document may be sent again with the same
        bytes if it cannot be looked up
    :param lookup: outcomes can be looked up by key
    :param status: there is a health check
    :param wait: seconds for which a till waits for the result before it shows “pending”; 0 to 10
    :param min_interval: seconds between the starts of two requests that the service's rate limit asks for, at most 1
    :param rounding: the receipt has a field for cash rounding; else the base spreads it over the lines
    :param chains: the service keeps the receipts of one sale paid in parts together: the first names everything sold
        and leaves a `credit`, the later ones pay it (`models/document/prepayment.py`)
    :param delivers: how the service can send a receipt to the customer: `email`, `sms`, `viber`
    :param relay: 0 if the server reaches the register itself. Else a browser beside it or a service that calls Odoo
        carries its requests, and may keep each for so many seconds (`models/register/relay.py`)
    :param under_way: seconds for which a request whose answer was lost may still be on its way to the service. For so
        long a look-up's “never seen, send it under a new key” is not trusted: both would be executed
    :param request_format: version of what `_<p>_prepare` returns; a provider that cannot read older ones increases it
    :param test: everything is a test, nothing is fiscal
    """

    operations: frozenset[str] = field(default_factory=frozenset)
    payment_kinds: frozenset[str] = frozenset({"cash", "electronic"})
    tax_vocabulary: str = ""
    country: str = ""
    own_queue: bool = False
    opens_shift: frozenset[str] = frozenset()
    deduplicates: bool = False
    lookup: bool = True
    status: bool = True
    wait: float = 5.0
    min_interval: float = 0.0
    rounding: bool = False
    chains: bool = False
    delivers: frozenset[str] = frozenset()
    relay: float = 0.0
    under_way: float = 0.0
    test: bool = False
    request_format: int = 1
