from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.core.schedule import DAY_MS, Cron, Duration, cron, duration, schedule

TIMES = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2040, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.just(UTC),
)
LINES = st.sampled_from(
    ["* * * * *", "*/7 3-5 * * *", "0 8 1 * *", "30 12 * jan,jul mon-fri", "15 */6 13 * fri"]
)


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


@pytest.mark.parametrize(
    ("text", "expected_ms"),
    [
        ("500ms", 500),
        ("10s", 10_000),
        ("5m", 300_000),
        ("12h", 43_200_000),
        ("90d", 90 * DAY_MS),
        ("2w", 14 * DAY_MS),
        ("0s", 0),
    ],
)
def test_a_duration_is_a_number_and_its_unit(text: str, expected_ms: int) -> None:
    assert duration(text).ms == expected_ms


@pytest.mark.parametrize("text", ["10", "", "s", "-5s", "1.5h", "1h30m", "5 minutes", "9999999d"])
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        duration(text)


@given(st.integers(min_value=0, max_value=3650 * DAY_MS))
def test_a_duration_is_told_as_it_is_written(milliseconds: int) -> None:
    told = str(Duration(ms=milliseconds))
    assert duration(told).ms == milliseconds


def test_a_duration_comes_round_after_itself() -> None:
    assert duration("90d").next_after(ms("2025-01-01")) == ms("2025-04-01")


@pytest.mark.parametrize(
    ("line", "after", "expected"),
    [
        ("* * * * *", "2025-06-30T03:12:04", "2025-06-30T03:13:00"),
        ("0 8 1 * *", "2025-06-30T03:12:04", "2025-07-01T08:00:00"),
        ("0 8 1 * *", "2025-07-01T08:00:00", "2025-08-01T08:00:00"),
        ("30 23 31 12 *", "2025-12-31T23:30:00", "2026-12-31T23:30:00"),
        ("*/15 * * * *", "2025-06-30T03:45:59", "2025-06-30T04:00:00"),
        ("5/20 * * * *", "2025-06-30T03:46:00", "2025-06-30T04:05:00"),
        ("0 9-17/4 * * *", "2025-06-30T13:00:00", "2025-06-30T17:00:00"),
        ("0 0 * * mon", "2025-06-30T00:00:00", "2025-07-07T00:00:00"),
        ("0 0 * * 7", "2025-06-30T00:00:00", "2025-07-06T00:00:00"),
        ("0 0 * jan,JUL *", "2025-06-30T00:00:00", "2025-07-01T00:00:00"),
        ("0 0 29 2 *", "2025-06-30T00:00:00", "2028-02-29T00:00:00"),
        ("@monthly", "2025-06-30T00:00:00", "2025-07-01T00:00:00"),
        # both day fields given: either of them will do, as in every cron
        ("0 0 13 * fri", "2025-06-09T00:00:00", "2025-06-13T00:00:00"),
        ("0 0 13 * fri", "2025-06-13T00:00:00", "2025-06-20T00:00:00"),
    ],
)
def test_a_cron_line_comes_round_as_written_in_utc(line: str, after: str, expected: str) -> None:
    assert cron(line).next_after(ms(after)) == ms(expected)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "*/0 * * * *",
        "5-1 * * * *",
        "x * * * *",
        "1,,2 * * * *",
        "٣ * * * *",
        "0 0 30 2 *",
    ],
)
def test_anything_else_is_no_cron_line(line: str) -> None:
    with pytest.raises(ValueError, match=r"cron|minute|hour|day|month|never"):
        cron(line)


@given(line=LINES, at=TIMES)
def test_a_calendar_goes_forward_and_skips_nothing(line: str, at: datetime) -> None:
    calendar = cron(line)
    at_ms = int(at.timestamp()) * 1000
    found_ms = calendar.next_after(at_ms)
    assert found_ms > at_ms
    found = datetime.fromtimestamp(found_ms // 1000, UTC)
    assert found.minute in calendar.minutes
    assert found.hour in calendar.hours
    just_before_ms = int((found - timedelta(seconds=1)).timestamp()) * 1000
    assert calendar.next_after(max(at_ms, just_before_ms)) == found_ms


def test_what_has_spaces_is_a_calendar_and_what_has_none_a_duration() -> None:
    assert isinstance(schedule("90d"), Duration)
    assert isinstance(schedule("0 8 1 * *"), Cron)
    assert isinstance(schedule("@daily"), Cron)
