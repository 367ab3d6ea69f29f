"""What a restart knows of what was told."""

from __future__ import annotations

import json

import pytest

from counterpoise.alerts.book import AGAIN_S, UNSURE_S
from counterpoise.alerts.earlier import Keeper, restore, written
from counterpoise.alerts.items import CALM_S
from tests.alerts.parts import ZERO, Desk, zero

STARTED = zero("", "started")


def after(desk: Desk, down_s: float) -> Desk:
    """Return the desk of the next life, after so many seconds."""
    text = written(desk.book)
    desk.clock.advance(down_s)
    later = Desk(clock=desk.clock, entropy=desk.entropy)
    restore(later.book, text, desk.clock)
    return later


@pytest.fixture
def desk() -> Desk:
    found = Desk()
    found.stand(zero())
    assert found.phases() == [f"{ZERO} raised"]
    return found


def test_what_was_told_just_now_is_not_told_again(desk: Desk) -> None:
    later = after(desk, 10)
    later.stand(zero())
    assert later.phases() == []


def test_what_was_told_long_ago_and_still_stands_is_told_again(desk: Desk) -> None:
    later = after(desk, AGAIN_S)
    later.stand(zero())
    (told,) = later.told()
    assert told.matters[0].times == 1
    assert told.matters[0].alert_id == next(iter(desk.book.items.values())).alert_id


@pytest.mark.parametrize("down_s", [10, AGAIN_S])
def test_what_ended_meanwhile_is_told_as_over_once_that_is_sure(desk: Desk, down_s: float) -> None:
    later = after(desk, down_s)
    later.stand()
    later.stand(after_s=UNSURE_S - 1)
    assert later.phases() == []
    later.stand(after_s=1)
    assert later.phases() == [f"{ZERO} resolved"]


def test_what_is_seen_again_ends_as_anything_does(desk: Desk) -> None:
    later = after(desk, 10)
    later.stand(zero())
    later.stand(after_s=10)
    later.stand(after_s=CALM_S)
    assert later.phases() == [f"{ZERO} resolved"]


def test_a_crash_loop_is_a_message_in_half_an_hour(desk: Desk) -> None:
    messages = 0
    for _ in range(6 * 60 * 2):  # two hours, a start every ten seconds
        desk.book.happened(STARTED)
        desk.stand(zero())
        messages += len(desk.told())
        desk = after(desk, 10)
    assert messages <= 8


def test_every_stop_is_told(desk: Desk) -> None:
    for _ in range(3):
        desk.book.happened(zero("", "stopped"))
        assert desk.phases() == ["stopped noted"]
        desk = after(desk, 10)


def test_what_was_told_to_be_over_is_not_taken_up(desk: Desk) -> None:
    desk.stand(after_s=1)
    desk.stand(after_s=CALM_S)
    desk.told()
    assert json.loads(written(desk.book)) == {"items": []}


def test_a_clock_that_was_set_back_tells_once_more_rather_than_once_less(desk: Desk) -> None:
    later = after(desk, -3600)
    later.stand(zero())
    assert later.phases() == [f"{ZERO} raised"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"items": [1]}', '{"items": [{"id": 1}]}'])
def test_anything_else_is_refused_as_one_of_five_errors(desk: Desk, text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        restore(desk.book, text, desk.clock)


def test_a_number_without_end_is_refused_as_well(desk: Desk) -> None:
    text = written(desk.book).replace('"times": 1', '"times": Infinity')
    with pytest.raises(OverflowError):
        restore(desk.book, text, desk.clock)


def test_it_is_written_when_it_changed(desk: Desk) -> None:
    saved: list[str] = []
    keeper = Keeper(desk.book, saved.append)
    desk.book.kept = keeper.keep
    desk.stand(zero("ETH"), zero())
    desk.told()
    keeper.keep()
    assert len(saved) == 1
    assert {item["subject"] for item in json.loads(saved[0])["items"]} == {"BTC", "ETH"}
