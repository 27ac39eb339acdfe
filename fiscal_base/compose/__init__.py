"""From what happened to what is registered: `compose(event, rules)`.

An Odoo record is read into an `Event`, which says what the money means and nothing about Odoo (`event.py`). The rules
of a country (`russia.py`, `ukraine.py`) make receipts of it, or say what is wrong with it (`problem.py`). Pure
Python: the server, the test of a lawyer and the check before the payment all ask the same function.
"""

from .compose import compose
from .correction import correct, missed
from .elsewhere import Elsewhere
from .problem import Problem, Problems
from .russia import Russia
from .ukraine import Ukraine

__all__ = ["Elsewhere", "Problem", "Problems", "Russia", "Ukraine", "compose", "correct", "missed"]
