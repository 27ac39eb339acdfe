"""Problems of a receipt as codes: each addon has its own sentences, in the reader's language."""

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing to put right.

    :param code: key of the sentence (`texts.PROBLEMS` of the provider)
    :param values: the values in the sentence
    """

    code: str
    values: dict
