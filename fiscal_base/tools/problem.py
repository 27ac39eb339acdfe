"""What stands against a receipt, told without words: each addon has its own sentences, in the reader's language."""

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing to put right.

    :param code: key of the sentence for people (`texts.PROBLEMS` of the provider)
    :param values: what the sentence names
    """

    code: str
    values: dict
