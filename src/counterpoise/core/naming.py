"""How orders of ours are named, so that one of them is known wherever it is met."""

from __future__ import annotations

import re
from typing import Final

PREFIX: Final = "cp"
SLUG_LENGTH_MAX: Final = 8
SEQUENCE_DIGITS: Final = 6  # at least
RANDOM_LENGTH: Final = 6
ALPHABET: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def slug(portfolio: str) -> str:
    """Return at most 8 characters of a-z0-9 that remind of a portfolio's name."""
    return "".join(c for c in portfolio.lower() if c in ALPHABET)[:SLUG_LENGTH_MAX]


def named_as_ours(client_order_id: str, portfolio: str) -> bool:
    """Say whether an id is made as those of this portfolio are."""
    beginning = re.escape(PREFIX + slug(portfolio))
    made = rf"{beginning}\d{{{SEQUENCE_DIGITS},}}[a-z0-9]{{{RANDOM_LENGTH}}}"
    return re.fullmatch(made, client_order_id) is not None
