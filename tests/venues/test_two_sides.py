"""A position is read by the mode that the account is in, and never by a guess."""

from __future__ import annotations

from decimal import Decimal

import pytest

from counterpoise.core.instrument import InstrumentKey
from counterpoise.core.sides import Sides
from counterpoise.core.snapshot import Position
from counterpoise.errors import SnapshotError
from counterpoise.venues.two_sides import FLAT, by_mode, larger, sides_of

D = Decimal
KEY = InstrumentKey("main:BTC/USDT:USDT")
BOTH = Position(instrument=KEY, size=D(1), sides=Sides(long=D(3), short=D(2)))
SHORT = Position(instrument=KEY, size=D(-2), sides=Sides(long=D(0), short=D(2)))
NET = Position(instrument=KEY, size=D(-2))
NOTHING = Position(instrument=KEY, size=D(0))


def test_rows_of_either_sign_are_sides() -> None:
    assert sides_of([D(3), D(-2)]) == BOTH.sides
    assert sides_of([]) == FLAT


def test_the_row_of_the_larger_side_is_the_one_that_is_liquidated() -> None:
    assert larger(["long", "short"], [D(1), D(-2)]) == "short"
    assert larger(["long"], [D(0)]) is None


def test_in_hedge_mode_every_position_has_sides() -> None:
    assert by_mode(BOTH, two_sided=True) == BOTH
    assert by_mode(NOTHING, two_sided=True).sides == FLAT
    with pytest.raises(SnapshotError, match="which side"):
        by_mode(NET, two_sided=True)


def test_in_one_way_mode_none_has() -> None:
    assert by_mode(SHORT, two_sided=False) == NET
    assert by_mode(NOTHING, two_sided=False) == NOTHING
    with pytest.raises(SnapshotError, match="one-way"):
        by_mode(BOTH, two_sided=False)


@pytest.mark.parametrize("position", [BOTH, SHORT, NET, NOTHING])
def test_before_the_account_has_said_a_position_is_as_the_venue_shows_it(
    position: Position,
) -> None:
    assert by_mode(position, two_sided=None) is position
