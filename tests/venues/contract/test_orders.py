"""An order comes to the same on every venue: filled, in part, refused, lost or never there."""

from __future__ import annotations

from decimal import Decimal

import pytest

from counterpoise.core.orders import VenueStatus
from counterpoise.errors import OutcomeUnknown, Rejected, Unauthorized, Unsent
from counterpoise.venues.build import build_gateway
from tests.venues.contract.stands import D, Desk, renamed

SIZE = D("0.02")


@pytest.mark.parametrize("size", [SIZE, -SIZE])
async def test_an_order_that_crosses_fills_and_is_the_position(desk: Desk, size: Decimal) -> None:
    touch = await desk.touch(size)
    report = await desk.traded(size)
    assert (report.status, report.filled_size) == (VenueStatus.FILLED, size)
    assert report.price_average == touch
    assert (await desk.position()).size == size


async def test_what_was_acknowledged_is_not_taken_for_filled(desk: Desk) -> None:
    intent = await desk.intent(SIZE)
    report = await desk.gateway.place(intent)
    assert report.filled_size in (0, SIZE)
    if report.status is VenueStatus.OPEN:
        assert (report.filled_size, report.price_average) == (D(0), None)


async def test_an_order_that_finds_too_little_ends_with_a_part(desk: Desk) -> None:
    desk.control.post("fault", kind="partial-fill", share="0.5", **desk.order_fault)
    report = await desk.traded(SIZE)
    assert (report.status, report.filled_size) == (VenueStatus.ENDED, SIZE / 2)
    assert (await desk.position()).size == SIZE / 2


async def test_an_order_away_from_the_book_ends_with_nothing_and_does_not_rest(desk: Desk) -> None:
    away = await desk.touch(-SIZE) - 500
    report = await desk.traded(SIZE, limit_price=away)
    assert (report.status, report.filled_size, report.price_average) == (
        VenueStatus.ENDED,
        D(0),
        None,
    )
    symbol = desk.stand.symbols[0]
    assert await desk.gateway.open_order_ids(symbol) == frozenset()


async def test_more_than_the_margin_carries_is_refused(desk: Desk) -> None:
    intent = await desk.intent(D(800))
    with pytest.raises(Rejected):
        await desk.gateway.place(intent)
    assert (await desk.position()).size == 0


async def test_a_reduction_never_opens_the_other_side(desk: Desk) -> None:
    await desk.traded(SIZE, "cp1")
    report = await desk.traded(-SIZE, "cp2", reduce_only=True)
    assert report.filled_size == -SIZE
    with pytest.raises(Rejected):
        await desk.gateway.place(await desk.intent(-SIZE, "cp3", reduce_only=True))
    assert (await desk.position()).size == 0


async def test_an_order_whose_answer_is_lost_is_found_by_its_own_id(desk: Desk) -> None:
    intent = await desk.intent(SIZE)
    desk.control.post("fault", kind="timeout-after", **desk.order_fault)
    with pytest.raises(OutcomeUnknown):
        await desk.gateway.place(intent)
    report = await desk.gateway.find(intent)
    assert report is not None
    assert (report.status, report.filled_size) == (VenueStatus.FILLED, SIZE)


@pytest.mark.parametrize("kind", ["timeout-before", "html", "empty", "cut-body", "status"])
async def test_what_is_no_whole_answer_leaves_the_outcome_unknown(desk: Desk, kind: str) -> None:
    intent = await desk.intent(SIZE)
    desk.control.post("fault", kind=kind, **desk.order_fault)
    with pytest.raises(OutcomeUnknown):
        await desk.gateway.place(intent)
    found = await desk.gateway.find(intent)
    assert (await desk.position()).size == (found.filled_size if found else 0)


async def test_an_order_that_never_was_is_not_found(desk: Desk) -> None:
    assert await desk.gateway.find(await desk.intent(SIZE)) is None


async def test_another_order_is_not_taken_for_it(desk: Desk) -> None:
    await desk.traded(SIZE, "cp1")
    assert await desk.gateway.find(await desk.intent(SIZE, "cp2")) is None


async def test_a_second_order_of_the_same_id_does_not_trade(desk: Desk) -> None:
    if not desk.stand.ids_once:
        pytest.skip("only while the first one is open: ours are never used again")
    intent = await desk.intent(SIZE)
    await desk.gateway.place(intent)
    with pytest.raises((OutcomeUnknown, Rejected)):
        await desk.gateway.place(intent)
    assert (await desk.position()).size == SIZE


async def test_after_a_restart_orders_are_found_again(desk: Desk) -> None:
    intent = await desk.intent(SIZE)
    await desk.gateway.place(intent)
    later = build_gateway(desk.stand.config(), desk.clock, desk.gateway.door._transport)
    await later.open()
    report = await later.find(intent)
    await later.close()
    assert report is not None
    assert report.filled_size == SIZE


async def test_nothing_is_sent_before_the_position_mode_is_known(desk: Desk) -> None:
    fresh = build_gateway(desk.stand.config(), desk.clock, desk.gateway.door._transport)
    await fresh.open()
    with pytest.raises(Unsent, match="two sides"):
        await fresh.place(await desk.intent(SIZE))
    await fresh.close()
    assert (await desk.position()).size == 0


async def test_a_size_off_the_step_is_not_rounded_but_refused(desk: Desk) -> None:
    with pytest.raises(Unsent, match="multiple"):
        await desk.gateway.place(await desk.intent(D("0.0200000001")))


async def test_a_key_that_may_not_trade_is_refused_and_nothing_happens(desk: Desk) -> None:
    desk.control.post("account", can_trade=False)
    with pytest.raises((Unauthorized, Rejected)):
        await desk.gateway.place(await desk.intent(SIZE))
    assert (await desk.position()).size == 0


@pytest.mark.parametrize("length", [1, 28])
async def test_our_order_ids_go_through_whole(desk: Desk, length: int) -> None:
    name = ("z0" * 14)[: min(length, desk.stand.id_length_max)]
    intent = renamed(await desk.intent(SIZE), name)
    report = await desk.ended(intent, await desk.gateway.place(intent))
    assert report.filled_size == SIZE
