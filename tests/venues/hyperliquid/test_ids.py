"""Our order ids go out as 128 bits and come back as our own."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.core.naming import named_as_ours, slug
from counterpoise.core.orders import ClientOrderId
from counterpoise.errors import Unsent
from counterpoise.venues.hyperliquid_ids import cloid_of, name_of
from tests.venues.hyperliquid.conftest import Venue
from tests.venues.hyperliquid.rows import D

LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
names = st.builds(
    lambda owner, number, chance: f"cp{slug(owner)}{number:06d}{chance}",
    st.text(LETTERS, max_size=8),
    st.integers(0, 99_999_999),
    st.text(LETTERS, min_size=6, max_size=6),
)


@given(names)
def test_every_name_of_ours_comes_back_as_it_went(name: str) -> None:
    cloid = cloid_of(ClientOrderId(name))
    assert re.fullmatch(r"0x[0-9a-f]{32}", cloid)
    assert name_of(cloid) == name


@given(names, names)
def test_two_names_are_never_one_number(one: str, other: str) -> None:
    same = cloid_of(ClientOrderId(one)) == cloid_of(ClientOrderId(other))
    assert same is (one == other)


@given(st.integers(0, 2**128 - 1))
def test_what_others_chose_is_none_of_ours(number: int) -> None:
    shown = name_of(f"0x{number:032x}")
    assert not named_as_ours(shown, "main")
    assert shown.startswith(("0x", "cp"))


@pytest.mark.parametrize("cloid", ["", "0x12", "0X" + "0" * 32, "none"])
def test_what_is_no_such_number_stays_as_it_is(cloid: str) -> None:
    assert name_of(cloid) == cloid


@pytest.mark.parametrize("name", ["", "0abc", "z" * 25, "CP1", "cp-1"])
def test_a_name_that_would_not_come_back_is_not_sent(name: str) -> None:
    with pytest.raises(Unsent, match="no room"):
        cloid_of(ClientOrderId(name))


async def test_the_orders_of_a_second_copy_are_known_by_their_names(venue: Venue) -> None:
    name = ClientOrderId("cpmain000007abc123")
    for own_id, price in ((cloid_of(name), "80000"), ("0x" + "f" * 32, "81000")):
        venue.desk.control.post(
            "order",
            symbol="BTCUSDC",
            side="BUY",
            quantity="0.02",
            price=price,
            client_order_id=own_id,
        )
    shown = await venue.gateway.open_order_ids(venue.desk.stand.linear)
    assert shown == {name, "0x" + "f" * 32}
    orders = await venue.gateway.orders(venue.desk.stand.linear, 0)
    assert {one.client_order_id for one in orders} == shown
    assert [named_as_ours(one, "main") for one in sorted(shown)] == [False, True]


async def test_ended_orders_are_known_by_their_names_too(venue: Venue) -> None:
    report = await venue.desk.traded(D("0.02"), "cpmain000008abc123")
    (order,) = await venue.gateway.orders(venue.desk.stand.linear, 0)
    assert (order.client_order_id, order.resting) == ("cpmain000008abc123", False)
    origins = await venue.gateway.origins(
        venue.desk.stand.linear, frozenset({report.venue_order_id}), 0
    )
    assert origins[report.venue_order_id].client_order_id == "cpmain000008abc123"
