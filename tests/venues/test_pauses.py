from __future__ import annotations

import pytest

from counterpoise.errors import Unavailable
from counterpoise.venues.pauses import PAUSE_S_MAX, Pauses, pause_s
from tests.venues.fake import NOW_MS, StillClock


@pytest.mark.parametrize(
    ("status", "header", "expected_s"),
    [
        (200, "7", 0),
        (503, "7", 0),
        (429, "7", 7),
        (429, "0", 1),
        (429, "-3", 30),
        (429, "nan", 30),
        (429, "Wed, 21 Oct 2026 07:28:00 GMT", 30),
        (418, "", 120),
        (418, "1e9", PAUSE_S_MAX),
    ],
)
def test_a_pause_is_as_long_as_asked_within_reason(
    status: int, header: str, expected_s: float
) -> None:
    assert pause_s(status, {"RETRY-AFTER": header}) == expected_s


def test_without_a_header_a_ban_lasts_two_minutes() -> None:
    assert pause_s(418, {}) == 120


def test_a_shorter_pause_does_not_end_a_longer_one(clock: StillClock) -> None:
    pauses = Pauses(clock)
    pauses.close("h", 60)
    pauses.close("h", 5)
    assert pauses.left_s("h") == 60
    with pytest.raises(Unavailable):
        pauses.check("h")
    pauses.check("other")


def test_what_is_over_is_not_kept(clock: StillClock) -> None:
    pauses = Pauses(clock)
    pauses.close("h", 60)
    assert pauses.closed() == {"h": NOW_MS + 60_000}
    clock.now_ms += 60_000
    assert pauses.closed() == {}


def test_a_kept_pause_from_a_broken_clock_is_bounded(clock: StillClock) -> None:
    pauses = Pauses(clock)
    pauses.restore({"past": NOW_MS - 1, "future": NOW_MS * 2})
    assert pauses.left_s("past") == 0
    assert pauses.left_s("future") == PAUSE_S_MAX


def test_a_status_may_mean_a_pause_on_one_venue_alone() -> None:
    assert pause_s(403, {}) == 0
    assert pause_s(403, {}, {403: 600.0}) == 600
    assert pause_s(403, {"Retry-After": "7"}, {403: 600.0}) == 7
    assert pause_s(429, {}, {403: 600.0}) == 30
