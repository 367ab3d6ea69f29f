"""Orders on MEXC: what is sent, what becomes of it, and what is never taken for an outcome."""

from __future__ import annotations

import pytest

from counterpoise.core.orders import Cause, VenueStatus
from counterpoise.errors import OutcomeUnknown, Rejected, Unavailable, Unsent
from counterpoise.exchange.dialects.views import PositionView, open_positions
from counterpoise.exchange.listing import Market
from counterpoise.venues.mexc_questions import PAGE_ROWS
from tests.exchange.wires import FakeClock
from tests.venues.mexc.conftest import (
    BTC,
    ETH,
    INVERSE,
    PLACE,
    Bench,
    D,
    bench_of,
    exchange_of,
)

BUY, SELL = "100500", "99500"  # bounds through the book


async def test_an_order_goes_out_as_an_immediate_or_cancel_order_by_number(bench: Bench) -> None:
    intent = bench.intent("-0.0123", SELL)
    await bench.gateway.place(intent)
    assert bench.wire.bodies(PLACE) == [
        {
            "symbol": "BTC_USDT",
            "side": 3,
            "type": 3,
            "openType": 2,
            "positionMode": 2,
            "vol": 123,
            "price": 99500,
            "externalOid": intent.client_order_id,
        }
    ]


async def test_what_is_not_filled_at_once_never_rests(bench: Bench) -> None:
    intent = bench.intent("0.01", "99000")  # below the book
    await bench.gateway.place(intent)
    found = await bench.gateway.find(intent)
    assert found is not None
    assert (found.status, found.filled_size) == (VenueStatus.ENDED, D(0))
    assert await bench.gateway.open_order_ids(BTC) == frozenset()


async def test_the_answer_to_an_order_is_an_acknowledgement_and_no_fill(bench: Bench) -> None:
    intent = bench.intent("-0.01", SELL)
    report = await bench.gateway.place(intent)
    assert (report.status, report.filled_size) == (VenueStatus.OPEN, D(0))
    assert report.venue_order_id
    found = await bench.gateway.find(intent)
    assert found is not None
    assert (found.status, found.filled_size) == (VenueStatus.FILLED, D("-0.01"))
    assert found.venue_order_id == report.venue_order_id
    assert found.price_average is not None
    assert await bench.position() == D("-0.01")


async def test_a_part_filled_order_says_how_much(bench: Bench) -> None:
    bench.control("fault", kind="partial-fill", method="POST", share="0.5")
    intent = bench.intent("-0.01", SELL)
    await bench.gateway.place(intent)
    found = await bench.gateway.find(intent)
    assert found is not None
    assert (found.status, found.filled_size) == (VenueStatus.ENDED, D("-0.005"))


@pytest.mark.parametrize(
    ("size", "side"), [("0.01", 2), ("-0.01", 4)], ids=["buys back", "sells off"]
)
async def test_what_shrinks_a_position_is_sent_as_closing_it(
    bench: Bench, size: str, side: int
) -> None:
    opened = bench.intent("-0.02" if side == 2 else "0.02", SELL if side == 2 else BUY)
    await bench.gateway.place(opened)
    closing = bench.intent(size, BUY if side == 2 else SELL, reduce_only=True)
    await bench.gateway.place(closing)
    sent = bench.wire.bodies(PLACE)[-1]
    assert (sent["side"], sent["reduceOnly"]) == (side, True)
    assert await bench.position() == opened.order.size + closing.order.size


async def test_closing_more_than_there_is_opens_nothing(bench: Bench) -> None:
    await bench.gateway.place(bench.intent("-0.01", SELL))
    with pytest.raises(Rejected) as refused:
        await bench.gateway.place(bench.intent("0.02", BUY, reduce_only=True))
    assert refused.value.code == "2008"
    assert await bench.position() == D("-0.01")


async def test_in_hedge_mode_each_number_moves_the_side_that_it_says() -> None:
    clock = FakeClock()
    bench = await bench_of(exchange_of(clock, hedge_mode=True), clock)
    bench.control("price", symbol="BTCUSDT", price="100000")
    steps = [("-0.03", False, 3), ("0.01", True, 2), ("0.05", False, 1), ("-0.02", True, 4)]
    sizes = []
    for size, shrinks, side in steps:
        price = BUY if D(size) > 0 else SELL
        await bench.gateway.place(bench.intent(size, price, reduce_only=shrinks))
        sent = bench.wire.bodies(PLACE)[-1]
        assert (sent["side"], sent["positionMode"], "reduceOnly" in sent) == (side, 1, False)
        rows = {one.position.side: one.position.amount for one in _held(bench)}
        sizes.append({str(k.value): v for k, v in rows.items()})
    assert sizes == [
        {"SHORT": D("-300")},
        {"SHORT": D("-200")},
        {"LONG": D("500"), "SHORT": D("-200")},
        {"LONG": D("300"), "SHORT": D("-200")},
    ]
    assert await bench.position() == D("0.01")  # long minus short
    await bench.gateway.close()


def _held(bench: Bench) -> list[PositionView]:
    venue = bench.exchange.venue
    return list(open_positions(venue, Market.LINEAR, venue.clock.now()))


async def test_an_inverse_order_counts_dollars_in_contracts_of_a_hundred(bench: Bench) -> None:
    bench.control("price", symbol="BTC_USD", market="inverse", price="100000")
    intent = bench.intent("-5000", SELL, symbol=INVERSE)
    await bench.gateway.place(intent)
    assert bench.wire.bodies(PLACE)[-1]["vol"] == 50
    found = await bench.gateway.find(intent)
    assert found is not None
    assert found.filled_size == -5000
    assert await bench.position(INVERSE) == -5000


async def test_a_refusal_has_the_venues_code_and_words_for_a_person(bench: Bench) -> None:
    with pytest.raises(Rejected) as refused:
        await bench.gateway.place(bench.intent("-40", SELL))
    assert refused.value.code == "2005"
    assert "margin" in refused.value.hint


@pytest.mark.parametrize("code", [500, 501, 504, 9999, 777])
async def test_a_code_that_proves_nothing_is_an_unknown_outcome(bench: Bench, code: int) -> None:
    bench.control("fault", kind="reject", method="POST", code=code)
    with pytest.raises(OutcomeUnknown):
        await bench.gateway.place(bench.intent("-0.01", SELL))


@pytest.mark.parametrize(
    "body",
    [
        {"success": False, "code": 0},
        {"success": False, "code": 200, "data": {"orderId": "1"}},
        {"success": True, "code": 0},
        {"success": True, "code": 0, "data": {"ts": 1}},
        {"success": True, "code": 0, "data": ""},
        {"code": 200},
        [],
        {},
        "<html>oops</html>",
        "",
    ],
    ids=str,
)
async def test_an_answer_without_success_and_an_id_is_an_unknown_outcome(
    bench: Bench, body: object
) -> None:
    bench.wire.says(PLACE, body)
    intent = bench.intent("-0.01", SELL)
    with pytest.raises(OutcomeUnknown):
        await bench.gateway.place(intent)
    found = await bench.gateway.find(intent)  # it was taken all the same
    assert found is not None
    assert found.status is VenueStatus.FILLED


async def test_an_order_whose_answer_is_lost_is_found_by_its_name(bench: Bench) -> None:
    bench.control("fault", kind="timeout-after", method="POST", hold_s=1)
    intent = bench.intent("-0.01", SELL)
    with pytest.raises(OutcomeUnknown):
        await bench.gateway.place(intent)
    found = await bench.gateway.find(intent)
    assert found is not None
    assert found.filled_size == D("-0.01")


async def test_an_order_that_never_came_is_not_found(bench: Bench) -> None:
    bench.control("fault", kind="timeout-before", method="POST", hold_s=1)
    intent = bench.intent("-0.01", SELL)
    with pytest.raises(OutcomeUnknown):
        await bench.gateway.place(intent)
    assert await bench.gateway.find(intent) is None


async def test_a_name_that_was_used_before_is_never_a_second_order_unseen(bench: Bench) -> None:
    intent = bench.intent("-0.01", SELL)
    await bench.gateway.place(intent)
    report = await bench.gateway.find(intent)
    assert report is not None
    bench.control("fault", kind="reject", method="POST", code=603)
    with pytest.raises(OutcomeUnknown):  # and so it is looked up, not counted as refused
        await bench.gateway.place(intent)


async def test_a_gateway_that_starts_again_finds_what_the_first_one_sent(bench: Bench) -> None:
    intent = bench.intent("-0.01", SELL)
    await bench.gateway.place(intent)
    again = await bench_of(bench.exchange, bench.clock)
    found = await again.gateway.find(intent)
    assert found is not None
    assert found.filled_size == D("-0.01")
    assert await again.position() == D("-0.01")
    await again.gateway.close()


async def test_a_request_that_is_too_old_had_no_effect(bench: Bench) -> None:
    bench.control("fault", kind="reject", method="POST", code=513)
    with pytest.raises(Unavailable):
        await bench.gateway.place(bench.intent("-0.01", SELL))


async def test_a_decision_that_expired_is_not_sent(bench: Bench) -> None:
    intent = bench.intent("-0.01", SELL)
    await bench.clock.sleep(3)
    with pytest.raises(Unsent):
        await bench.gateway.place(intent)
    assert bench.wire.bodies(PLACE) == []


async def test_orders_of_others_are_listed_with_their_names(bench: Bench) -> None:
    ours = bench.intent("-0.01", SELL)
    await bench.gateway.place(ours)
    bench.control("order", symbol="BTCUSDT", side="BUY", quantity="20", price="90000")
    found = {one.client_order_id: one for one in await bench.gateway.orders(BTC, 0)}
    assert not found[str(ours.client_order_id)].resting
    (theirs,) = (one for name, one in found.items() if name != ours.client_order_id)
    assert (theirs.resting, theirs.price, theirs.size) == (True, D(90_000), D("0.002"))


@pytest.mark.parametrize(
    ("kind", "cause"),
    [("liquidation", Cause.LIQUIDATION), ("deleveraging", Cause.DELEVERAGING)],
)
async def test_what_mexc_does_of_itself_is_told_from_trades_of_ours(
    bench: Bench, kind: str, cause: Cause
) -> None:
    intent = bench.intent("-0.01", SELL)
    await bench.gateway.place(intent)
    since_ms = intent.sent_at_ms - 1_000
    bench.control("force", symbol="BTCUSDT", kind=kind)
    trades = await bench.gateway.fills(BTC, since_ms)
    assert [trade.size for trade in trades] == [D("-0.01"), D("0.01")]
    ids = frozenset(trade.venue_order_id for trade in trades)
    origins = await bench.gateway.origins(BTC, ids, since_ms)
    assert [origins[trade.venue_order_id].cause for trade in trades] == [
        Cause.FOREIGN,
        cause,
    ]
    assert origins[trades[0].venue_order_id].client_order_id == intent.client_order_id


async def test_trades_come_whole_from_several_pages_oldest_first(bench: Bench) -> None:
    since_ms = bench.clock.wall_ms()
    for _ in range(PAGE_ROWS // 2 + 3):
        await bench.gateway.place(bench.intent("-0.0001", SELL))
        await bench.gateway.place(bench.intent("0.0001", BUY))
        bench.clock.wall += 7
        bench.clock.monotonic += 0.007
    await bench.gateway.place(bench.intent("-0.01", "3900", symbol=ETH))
    trades = await bench.gateway.fills(BTC, since_ms)
    assert len(trades) == PAGE_ROWS + 6
    assert [one.at_ms for one in trades] == sorted(one.at_ms for one in trades)
    assert sum(one.size for one in trades) == 0
    assert {one.fee_asset for one in trades} == {"USDT"}
    assert all(one.fee > 0 for one in trades)
