"""Client order ids: safe on every venue, and never the same twice."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.core.naming import slug
from counterpoise.core.orders import CLIENT_ORDER_ID_LENGTH_MAX
from counterpoise.journal.identifiers import client_order_id
from tests.journal.records import SeededEntropy


@given(portfolio=st.text(), sequence=st.integers(1, 10**12), seed=st.integers(0, 9))
def test_any_portfolio_and_number_make_a_safe_id(portfolio: str, sequence: int, seed: int) -> None:
    made = client_order_id(portfolio, sequence, SeededEntropy(seed))
    assert re.fullmatch(r"cp[a-z0-9]+", made)
    assert len(made) <= CLIENT_ORDER_ID_LENGTH_MAX
    assert f"{sequence:06d}" in made


def test_the_same_number_makes_another_id_each_time() -> None:
    entropy = SeededEntropy()
    assert len({client_order_id("main", 412, entropy) for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    ("portfolio", "short"),
    [
        ("main", "main"),
        ("My Fund #2", "myfund2"),
        ("a-very-long-name", "averylon"),
        ("Ümläut", "mlut"),
    ],
)
def test_a_portfolio_is_still_recognised(portfolio: str, short: str) -> None:
    assert slug(portfolio) == short


def test_a_number_beyond_the_room_for_it_is_refused() -> None:
    with pytest.raises(ValueError, match="client order id"):
        client_order_id("portfolio", 10**13, SeededEntropy())


def test_an_id_of_other_characters_is_refused() -> None:
    class Shouting:
        def token(self, length: int) -> str:
            return "A" * length

    with pytest.raises(ValueError, match="client order id"):
        client_order_id("main", 1, Shouting())
