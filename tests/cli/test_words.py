from __future__ import annotations

from decimal import Decimal

import pytest

from counterpoise.cli import words
from counterpoise.cli.reasons import WORDS, held, remedy
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Hold, HoldReason

D = Decimal
HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "-"),
        (0, "0 ms"),
        (41.4, "41 ms"),
        (999, "999 ms"),
        (1000, "1 s"),
        (61_000, "1 min 1 s"),
        (HOUR_MS, "1 h"),
        (12 * 24 * HOUR_MS + 4 * HOUR_MS, "12 d 4 h"),
        (24 * HOUR_MS + 1000, "1 d"),
    ],
)
def test_a_span_is_told_in_two_units_at_most(value: float | None, told: str) -> None:
    assert words.span(value) == told


@pytest.mark.parametrize(
    ("value", "step", "told"),
    [
        ("95000", "0.10", "95,000.00"),
        ("3410.2", "0.01", "3,410.20"),
        ("1.1551", "0.0001", "1.1551"),
        ("0.00001234", None, "0.000012340"),
        ("1.1529", None, "1.1529"),
        ("90678", None, "90,678.00"),
        ("0", None, "0.00"),
    ],
)
def test_a_price_has_the_places_that_matter(value: str, step: str | None, told: str) -> None:
    assert words.price(D(value), None if step is None else D(step)) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [("15.5", "15.50000"), ("-0.05", "-0.05000"), ("0.0000123", "0.00001230"), ("0", "0.00000")],
)
def test_quantities_line_up_and_small_ones_stay_visible(value: str, told: str) -> None:
    assert words.quantity(D(value)) == told


@pytest.mark.parametrize(
    ("value", "told"), [("1.587", "1.587"), ("1100", "1,100"), ("0.10", "0.1"), ("1E+3", "1,000")]
)
def test_a_size_is_told_as_it_is_sent(value: str, told: str) -> None:
    assert words.exact_quantity(D(value)) == told


def test_shares_are_points_and_drifts_have_signs() -> None:
    assert words.points(D("0.290278")) == "29.03"
    assert words.signed_points(D("-0.059722")) == "-5.97"
    assert words.signed_points(D("0.023272")) == "+2.33"
    assert words.points(None) == words.signed_points(None) == "-"
    assert words.bps(D("0.00011")) == "1.1 bps"


def test_times_are_utc() -> None:
    at_ms = 1_751_253_124_318
    assert words.clock_time(at_ms) == "03:12:04Z"
    assert words.clock_ms(at_ms) == "03:12:04.318"
    assert words.date_time(at_ms) == "2025-06-30 03:12:04Z"
    assert words.since(at_ms, at_ms + 5) == "03:12:04Z"
    assert words.since(at_ms, at_ms + 50 * HOUR_MS) == "2 d ago"
    assert words.since(None, at_ms) == "-"


@pytest.mark.parametrize("reason", HoldReason)
def test_every_hold_has_words(reason: HoldReason) -> None:
    assert reason in WORDS
    told = held(Hold(asset=Asset("BTC"), reason=reason, detail="because"))
    assert told.endswith(": because")
    assert "_" not in told


def test_a_remedy_names_the_asset() -> None:
    hold = Hold(asset=Asset("BTC"), reason=HoldReason.POSITION_UNEXPLAINED)
    assert remedy(hold) == "counterpoise resume --asset BTC"
