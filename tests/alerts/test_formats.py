"""What a person reads at night, and what a program is posted."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from counterpoise.alerts.formats import REASON_LENGTH_MAX, body, plain_json, slack, span, text
from counterpoise.core.alert_kinds import KINDS, kind_of
from counterpoise.core.notice import Notice, NoticeFormat, Phase, Severity
from counterpoise.core.orders import HoldReason
from tests.alerts.parts import SENDER, matter, notice
from tests.fakes import START_MS


def test_a_page_says_what_where_since_when_and_what_to_do() -> None:
    assert text(notice()).splitlines() == [
        "PAGE main (live): BTC: balance fell to zero",
        "The exchange shows none of it.",
        "Found: main:spot shows zero",
        "Since 2025-06-30 03:12:04Z, 1 min 1 s",
        "Next: Look at the exchange.",
        "(cycle 7, on vps1:4711, alert k3v9x2qa)",
    ]


def test_the_end_says_from_when_to_when_and_asks_for_nothing() -> None:
    over = notice(phase=Phase.RESOLVED, matters=(matter(until_ms=START_MS + 3_600_000, times=3),))
    assert text(over).splitlines() == [
        "RESOLVED main (live): BTC: balance fell to zero",
        "It was: main:spot shows zero",
        "From 2025-06-30 03:12:04Z to 2025-06-30 04:12:04Z, 1 h, 3 times since",
        "(cycle 7, on vps1:4711, alert k3v9x2qa)",
    ]


def test_a_reminder_says_that_it_stands_still() -> None:
    assert text(notice(phase=Phase.REMINDER)).startswith("STILL PAGE main (live): BTC: ")


def test_dry_run_is_in_the_first_line() -> None:
    told = text(notice(sender=replace(SENDER, mode="dry-run")))
    assert told.splitlines()[0] == "PAGE main (dry-run): BTC: balance fell to zero"


def test_what_happened_has_a_time_and_no_duration() -> None:
    told = text(notice(phase=Phase.NOTED, matters=(matter("", reason="", times=14),), cycle=None))
    assert told.splitlines()[0] == "PAGE main (live): balance fell to zero"
    assert "At 2025-06-30 03:13:05Z, 14 times since" in told
    assert told.endswith("(on vps1:4711, alert k3v9x2qa)")


def test_several_assets_are_named_each_with_its_own_particulars() -> None:
    several = notice(matters=tuple(matter(f"A{n}", reason=f"r{n}") for n in range(7)))
    lines = text(several).splitlines()
    assert lines[0] == "PAGE main (live): A0, A1, A2, A3, A4, A5, A6: balance fell to zero"
    assert "Found, A4: r4" in lines
    assert "and 2 more" in lines
    alike = text(notice(matters=(matter("BTC"), matter("ETH"))))
    assert alike.count("main:spot shows zero") == 1


def test_nothing_that_was_found_can_break_a_line_call_people_or_go_on_for_ever() -> None:
    evil = notice(matters=(matter(reason=f"<!channel> a\nb\x1b[31m & {'x' * 9_000}"),))
    told = slack(evil, "<!here>")["text"]
    assert told.startswith("<!here> PAGE")
    assert "&lt;!channel&gt; a b [31m &amp; xxx" in told
    assert "<!channel>" not in told
    assert len(told) < REASON_LENGTH_MAX + 500


@pytest.mark.parametrize(
    "mild",
    [{"severity": Severity.WARNING}, {"phase": Phase.RESOLVED}],
    ids=["warning", "resolved"],
)
def test_only_what_pages_mentions_anybody(mild: dict[str, object]) -> None:
    assert not slack(notice(**mild), "<!channel>")["text"].startswith("<!")


def test_json_has_every_fact_by_a_name_that_stays() -> None:
    assert plain_json(notice(matters=(matter(), matter("ETH", alert_id="z")))) == {
        "schema": 1,
        "id": "k3v9x2qa",
        "asset": "BTC",
        "reason": "main:spot shows zero",
        "since": "2025-06-30T03:12:04.318Z",
        "until": None,
        "times": 1,
        "phase": "raised",
        "severity": "page",
        "event": "zero_unexplained",
        "title": "balance fell to zero",
        "said": "The exchange shows none of it.",
        "next": "Look at the exchange.",
        "time": "2025-06-30T03:13:05.318Z",
        "portfolio": "main",
        "mode": "live",
        "instance": "vps1:4711",
        "version": "0.1.0",
        "cycle": 7,
        "others": [
            {
                "id": "z",
                "asset": "ETH",
                "reason": "main:spot shows zero",
                "since": "2025-06-30T03:12:04.318Z",
                "until": None,
                "times": 1,
            }
        ],
    }


@pytest.mark.parametrize("form", NoticeFormat)
def test_a_body_is_ascii_whatever_is_in_it(form: NoticeFormat) -> None:
    assert json.loads(body(notice(title="\u20bf \u2028"), form).decode("ascii"))


def test_a_notice_is_about_something() -> None:
    with pytest.raises(ValueError, match="about something"):
        notice(matters=())


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [(0, "just now"), (-5, "just now"), (61_000, "1 min 1 s"), (90_061_000, "1 d 1 h")],
)
def test_a_duration_is_told_in_two_units(milliseconds: int, words: str) -> None:
    assert span(milliseconds) == words


@pytest.mark.parametrize("event", KINDS)
def test_every_alert_has_words_for_one_asset_and_for_none(event: str) -> None:
    kind = kind_of(event, {})
    assert kind.title
    assert kind.said.endswith(".")
    assert kind.severity is Severity.INFO or kind.next
    whole: Notice = notice(title=kind.title, said=kind.said, next=kind.next)
    assert len(text(whole)) < 1_000


@pytest.mark.parametrize(
    "event",
    [
        "halted",
        "ended",
        "bug",
        "journal_gone",
        "zero_unexplained",
        "unsettled",
        "back_off",
        "liquidated",
        "out_of_band",
        "undelivered",
        "position_unexplained",
        "account_unfit",
    ],
)
def test_what_must_wake_somebody_pages(event: str) -> None:
    assert kind_of(event, {}).severity is Severity.PAGE


def test_every_hold_that_lasts_pages_in_the_end() -> None:
    for reason in HoldReason:
        kind = kind_of(reason, {})
        assert kind.severity is Severity.PAGE or kind.pages_after_s is not None, reason
