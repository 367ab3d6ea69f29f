"""Told once, told at once, told when it is over, and never more often than somebody can bear."""

from __future__ import annotations

import pytest

from counterpoise.alerts.book import (
    AGAIN_S,
    CALM_S_MAX,
    FORGET_S,
    ITEMS_MAX,
    TOGETHER_MAX,
    Reader,
    Terms,
    listed,
)
from counterpoise.alerts.items import CALM_S, UNDELIVERED
from counterpoise.core.notice import Phase, Severity
from tests.alerts.parts import HOUR_S, OPS, SENDER, ZERO, Desk, zero

PHONE = Reader(name="phone", least=Severity.PAGE)
SPREAD = "spread"  # a warning that pages after an hour


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_what_stands_is_told_once_however_many_cycles_see_it(desk: Desk) -> None:
    desk.stand(zero())
    assert desk.phases() == [f"{ZERO} raised"]
    for _ in range(500):
        desk.stand(zero(reason="another figure"), after_s=10)
        assert desk.due() is None


def test_it_is_told_anew_every_so_often_while_it_stands(desk: Desk) -> None:
    desk.stand(zero())
    desk.told()
    desk.stand(zero(), after_s=4 * HOUR_S - 1)
    assert desk.due() is None
    desk.stand(zero(), after_s=1)
    (told,) = desk.told()
    assert told.phase is Phase.REMINDER
    desk.stand(zero(), after_s=10)
    assert desk.due() is None


def test_its_end_is_told_once_it_is_sure(desk: Desk) -> None:
    desk.stand(zero())
    (raised,) = desk.told()
    desk.stand(after_s=10)
    desk.stand(after_s=CALM_S - 1)
    assert desk.due() is None
    desk.stand(after_s=1)
    (resolved,) = desk.told()
    assert resolved.phase is Phase.RESOLVED
    assert resolved.matters[0].alert_id == raised.matters[0].alert_id
    assert resolved.matters[0].until_ms == raised.at_ms + 10_000
    desk.stand(after_s=10)
    assert desk.due() is None


def test_what_comes_back_at_once_had_not_ended(desk: Desk) -> None:
    desk.stand(zero())
    desk.told()
    for _ in range(50):
        desk.stand(after_s=CALM_S / 2)
        desk.stand(zero(), after_s=1)
        assert desk.due() is None


def test_flapping_is_a_few_messages_and_not_one_a_cycle(desk: Desk) -> None:
    messages = 0
    for _ in range(24 * 15):  # a day of four minutes on, four minutes off
        desk.stand(zero())
        messages += len(desk.told())
        for _ in range(8):
            desk.stand(after_s=30)
            messages += len(desk.told())
        desk.stand(zero(), after_s=0)
        messages += len(desk.told())
    assert messages < 20


def test_what_comes_back_after_its_end_was_told_is_told_at_once(desk: Desk) -> None:
    desk.stand(zero())
    desk.told()
    desk.stand(after_s=1)
    desk.stand(after_s=CALM_S)
    desk.told()
    desk.stand(zero(), after_s=1)
    (again,) = desk.told()
    assert again.phase is Phase.RAISED
    assert again.matters[0].times == 2


def test_what_must_stay_away_longer_each_time_is_bounded(desk: Desk) -> None:
    for _ in range(20):
        desk.stand(zero())
        desk.told()
        desk.stand(after_s=1)
        desk.stand(after_s=CALM_S_MAX)
        assert [told.phase for told in desk.told()] == [Phase.RESOLVED]


def test_what_ended_long_ago_begins_afresh(desk: Desk) -> None:
    desk.stand(zero())
    (first,) = desk.told()
    desk.stand(after_s=1)
    desk.stand(after_s=FORGET_S)
    desk.told()
    desk.book.forget([OPS])
    assert not desk.book.items
    desk.stand(zero(), after_s=1)
    (again,) = desk.told()
    assert again.matters[0].alert_id != first.matters[0].alert_id
    assert again.matters[0].times == 1


def test_nothing_is_forgotten_that_somebody_was_not_told(desk: Desk) -> None:
    desk.stand(zero())
    desk.stand(after_s=1)
    desk.stand(after_s=10 * FORGET_S)
    desk.book.forget([OPS])
    (told,) = desk.told()
    assert told.phase is Phase.RESOLVED


def test_assets_that_suffer_alike_are_one_message(desk: Desk) -> None:
    assets = [f"A{n}" for n in range(TOGETHER_MAX)]
    desk.stand(*(zero(asset) for asset in assets))
    (told,) = desk.told()
    assert [matter.subject for matter in told.matters] == assets
    assert len({matter.alert_id for matter in told.matters}) == TOGETHER_MAX
    desk.stand(*(zero(f"B{n}") for n in range(TOGETHER_MAX + 1)))
    assert len(desk.told()) == 2


def test_what_differs_is_not_put_together(desk: Desk) -> None:
    desk.stand(zero("BTC"), zero("BTC", SPREAD), zero("", "halted"))
    assert sorted(desk.phases()) == ["halted raised", f"{SPREAD} raised", f"{ZERO} raised"]


def test_each_channel_is_told_what_is_grave_enough_for_it(desk: Desk) -> None:
    desk.stand(zero("BTC", SPREAD), zero("ETH"))
    assert desk.phases(PHONE) == [f"{ZERO} raised"]
    assert sorted(desk.phases()) == [f"{SPREAD} raised", f"{ZERO} raised"]


def test_a_warning_that_lasts_pages(desk: Desk) -> None:
    desk.stand(zero("BTC", SPREAD))
    (first,) = desk.told()
    assert first.severity is Severity.WARNING
    desk.stand(zero("BTC", SPREAD), after_s=HOUR_S - 1)
    assert desk.due() is None
    assert desk.due(PHONE) is None
    desk.stand(zero("BTC", SPREAD), after_s=1)
    (told,) = desk.told()
    assert (told.phase, told.severity) == (Phase.RAISED, Severity.PAGE)
    assert desk.phases(PHONE) == [f"{SPREAD} raised"]
    desk.stand(after_s=1)
    desk.stand(after_s=CALM_S)
    assert desk.phases(PHONE) == [f"{SPREAD} resolved"]


def test_what_the_owner_chose_is_as_grave_as_chosen_and_stays_so() -> None:
    chosen = {SPREAD: Severity.INFO, "below_minimum": Severity.WARNING}
    desk = Desk(terms=Terms(sender=SENDER, remind_s=100 * HOUR_S, severities=chosen))
    desk.stand(zero("BTC", SPREAD))
    desk.stand(zero("BTC", SPREAD), after_s=9 * HOUR_S)
    (told,) = desk.told()
    assert told.severity is Severity.INFO


def test_what_nobody_knows_pages(desk: Desk) -> None:
    desk.stand(zero("BTC", "something_new"))
    (told,) = desk.told()
    assert told.severity is Severity.PAGE
    assert told.title == "something new"


def test_what_came_and_went_untold_is_told_as_over(desk: Desk) -> None:
    desk.stand(zero())
    desk.stand(after_s=1)
    desk.stand(after_s=CALM_S)
    (told,) = desk.told()
    assert told.phase is Phase.RESOLVED
    assert told.matters[0].until_ms is not None


def test_what_is_gone_for_a_moment_and_untold_is_told_at_once(desk: Desk) -> None:
    desk.stand(zero())
    desk.stand(after_s=1)
    assert desk.phases() == [f"{ZERO} raised"]


def test_what_nobody_looks_at_has_not_ended(desk: Desk) -> None:
    desk.stand(zero())
    desk.told()
    desk.stand(zero("", "halted"), blind=True, after_s=10)
    assert desk.phases() == ["halted raised"]
    desk.stand(zero("", "halted"), blind=True, after_s=CALM_S * 10)
    assert desk.due() is None
    desk.stand(after_s=10)
    desk.stand(after_s=CALM_S)
    assert sorted(desk.phases()) == ["halted resolved", f"{ZERO} resolved"]


def test_what_happens_again_and_again_is_told_with_a_count(desk: Desk) -> None:
    for _ in range(40):
        desk.book.happened(zero("", "started"))
        desk.clock.advance(AGAIN_S / 20)
    (first,) = desk.told()
    assert (first.phase, first.matters[0].times) == (Phase.NOTED, 40)
    desk.book.happened(zero("", "started"))
    desk.clock.advance(AGAIN_S)
    (second,) = desk.told()
    assert second.matters[0].times == 41


def test_a_message_that_is_refused_holds_up_no_other(desk: Desk) -> None:
    desk.stand(zero("BTC"), zero("ETH", "unsettled"))
    first = desk.due()
    assert first is not None
    desk.book.refused(first, OPS)
    second = desk.due()
    assert second is not None
    assert second.notice.event != first.notice.event
    assert desk.due(PHONE) is not None


def test_the_grave_goes_before_the_mild_and_the_end_comes_last(desk: Desk) -> None:
    desk.stand(zero("SOL"))
    desk.told()
    desk.stand(zero("BTC", SPREAD), after_s=1)
    desk.stand(zero("BTC", SPREAD), zero("ETH"), after_s=CALM_S)
    assert desk.phases() == [f"{ZERO} raised", f"{SPREAD} raised", f"{ZERO} resolved"]


def test_a_channel_is_not_told_that_it_cannot_be_told(desk: Desk) -> None:
    desk.stand(zero("ops", UNDELIVERED))
    assert desk.due(OPS) is None
    assert desk.phases(PHONE) == [f"{UNDELIVERED} raised"]


def test_what_nobody_heard_of_can_be_withdrawn(desk: Desk) -> None:
    desk.stand(zero("ops", UNDELIVERED), zero("phone", UNDELIVERED))
    desk.told(PHONE)
    desk.book.withdraw((UNDELIVERED, "ops"))
    desk.book.withdraw((UNDELIVERED, "phone"))
    assert set(desk.book.items) == {(UNDELIVERED, "ops")}


def test_more_than_there_is_room_for_drops_the_mildest_and_counts_it(desk: Desk) -> None:
    desk.stand(zero("", "halted"), *(zero(f"A{n}", SPREAD) for n in range(ITEMS_MAX - 1)))
    assert desk.book.dropped == 0
    desk.stand(
        zero("", "halted"), *(zero(f"A{n}", SPREAD) for n in range(ITEMS_MAX - 1)), zero("BTC")
    )
    assert desk.book.dropped == 1
    assert len(desk.book.items) == ITEMS_MAX
    assert {("halted", ""), (ZERO, "BTC")} <= set(desk.book.items)


def test_secrets_are_taken_out_before_anything_is_kept() -> None:
    def hide(text: str) -> str:
        return text.replace("s3cret", "[hidden]")

    desk = Desk(terms=Terms(sender=SENDER, remind_s=HOUR_S, hide=hide))
    desk.stand(zero(reason="key s3cret"))
    desk.book.happened(zero("", "ended", reason="s3cret"))
    reasons = {matter.reason for told in desk.told() for matter in told.matters}
    assert reasons == {"key [hidden]", "[hidden]"}


def test_names_are_listed_as_a_person_does() -> None:
    assert listed(["BTC", "ETH", "XRP"]) == "BTC, ETH and XRP"
    assert listed(["BTC"]) == "BTC"
    assert listed([]) == ""
