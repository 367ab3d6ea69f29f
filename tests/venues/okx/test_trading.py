"""Trading on OKX as it is: what is asked, how often, and what its answers are taken for."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from counterpoise.core.instrument import Asset, InstrumentKey
from counterpoise.core.orders import Cause, VenueStatus
from counterpoise.errors import (
    OutcomeUnknown,
    Rejected,
    SettingsError,
    SnapshotError,
    Unavailable,
)
from counterpoise.ports import HttpRequest, HttpResponse
from counterpoise.venues.okx import RECENT_MS
from tests.venues.contract.stands import INVERSE, LINEAR, MAIN, D
from tests.venues.okx.conftest import OKX, Venue, venue_of

ORDER = "/api/v5/trade/order"
SIZE = D("0.02")
DAY_MS = 86_400_000


@pytest.fixture
async def hedged() -> AsyncIterator[Venue]:
    made = await venue_of(OKX, OKX.config(), hedge_mode=True)
    await made.gateway.open()
    await made.gateway.account()
    yield made
    await made.gateway.close()


def says(venue: Venue, path: str, change: object) -> None:
    """Answer requests for a path otherwise: `change` is given the true answer's rows."""
    inner = venue.wire.inner

    class Changed:
        async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
            response = await inner.send(request, timeout_s)
            if path not in request.url:
                return response
            body = json.loads(response.body)
            body["data"] = change(body["data"])  # type: ignore[operator]
            return replace(response, body=json.dumps(body).encode())

        async def close(self) -> None:
            await inner.close()

    venue.wire.inner = Changed()


async def test_an_order_goes_out_by_itself_and_under_our_id(venue: Venue) -> None:
    await venue.desk.traded(SIZE)
    ((sent),) = venue.wire.of(ORDER)[:1]
    assert sent.keys() == {"instId", "tdMode", "side", "ordType", "sz", "px", "clOrdId"}
    assert (sent["sz"], sent["clOrdId"]) == ("2", "cp1")  # ccxt would add a tag of its own
    assert not venue.wire.of("/api/v5/trade/batch-orders")


async def test_a_refusal_inside_a_good_answer_is_a_refusal(venue: Venue) -> None:
    away = await venue.desk.intent(SIZE, limit_price=D(200_000))
    with pytest.raises(Rejected) as refused:
        await venue.gateway.place(away)
    assert refused.value.code == "51137"


@pytest.mark.parametrize("code", ["50004", "50013", "50026", "50001", "99999"])
async def test_what_proves_nothing_is_looked_up(venue: Venue, code: str) -> None:
    venue.desk.control.post("fault", kind="reject", code=code, **venue.desk.order_fault)
    with pytest.raises(OutcomeUnknown):
        await venue.gateway.place(await venue.desk.intent(SIZE))


async def test_an_order_signed_too_long_ago_has_no_effect(venue: Venue) -> None:
    venue.desk.control.post("fault", kind="reject", code="50102", **venue.desk.order_fault)
    with pytest.raises(Unavailable):
        await venue.gateway.place(await venue.desk.intent(SIZE))


def test_an_order_may_arrive_as_long_as_okx_takes_what_was_signed() -> None:
    """OKX's `expTime` would shorten it: ccxt has no way to send it."""
    assert OKX.profile.limits.receive_window_ms == 30_000
    assert OKX.profile.limits.absence_after_ms == 37_000


async def test_sides_of_a_hedged_account_are_those_of_the_position(hedged: Venue) -> None:
    await hedged.desk.traded(SIZE, "cp1")
    await hedged.desk.traded(-SIZE, "cp2", reduce_only=True)
    await hedged.desk.traded(-SIZE, "cp3")
    sent = [one["posSide"] for one in hedged.wire.of(ORDER) if "posSide" in one]
    assert sent == ["long", "long", "short"]
    assert (await hedged.desk.position()).size == -SIZE


async def test_coin_margined_sizes_are_dollars(venue: Venue) -> None:
    report = await venue.desk.traded(D(-3_000), symbol=INVERSE)
    assert report.filled_size == D(-3_000)
    (fill,) = await venue.gateway.fills(INVERSE, venue.desk.clock.wall_ms() - 1)
    assert (fill.size, fill.fee_asset) == (D(-3_000), "BTC")


async def test_a_coin_sold_whole_for_dollars_has_no_delta_at_any_price(venue: Venue) -> None:
    key = InstrumentKey(f"{MAIN}:{INVERSE}")
    held = next(one for one in await venue.gateway.margins() if one.asset == "BTC").equity
    size = -(held * await venue.desk.touch(D(-1), INVERSE)) // 100 * 100
    await venue.desk.traded(size, symbol=INVERSE)
    for price in ("60000", "87000", "140000"):
        venue.desk.control.post("price", symbol="BTC-USD-SWAP", price=price)
        margin = next(one for one in await venue.gateway.margins() if one.asset == "BTC")
        mark = (await venue.gateway.marks())[key].mark_price
        position = (await venue.gateway.positions())[key]
        assert abs(margin.equity + position.size / mark) < D("0.002")
        assert margin.equity != margin.wallet


async def test_a_coin_of_which_there_is_nothing_is_shown_as_zero(venue: Venue) -> None:
    venue.desk.control.post("balance", asset="ETH", quantity="0")
    found = {one.asset: one.equity for one in await venue.gateway.margins()}
    assert found[Asset("ETH")] == 0


async def test_a_coin_that_an_answer_lost_is_not(venue: Venue) -> None:
    def lost(data: list[dict[str, object]]) -> list[dict[str, object]]:
        coins: list[dict[str, object]] = data[0]["details"]  # type: ignore[assignment]
        return [{**data[0], "details": [coin for coin in coins if coin["ccy"] != "ETH"]}]

    says(venue, "/account/balance", lost)
    with pytest.raises(SnapshotError, match="worth"):
        await venue.gateway.margins()


async def test_trades_of_long_ago_are_asked_for_where_they_are(venue: Venue) -> None:
    now_ms = venue.desk.clock.wall_ms()
    await venue.gateway.fills(LINEAR, now_ms - RECENT_MS + 1_000)
    await venue.gateway.fills(LINEAR, now_ms - 4 * DAY_MS)
    assert len(venue.wire.of("/api/v5/trade/fills")) == 1
    (old,) = venue.wire.of("/api/v5/trade/fills-history")
    assert (old["instType"], old["begin"]) == ("SWAP", str(now_ms - 4 * DAY_MS))


async def test_every_page_of_trades_is_read_and_the_newest_comes_first(
    venue: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("counterpoise.venues.okx_requests.ROWS_MAX", 2)
    since_ms = venue.desk.clock.wall_ms() - 1
    for number in range(5):
        venue.desk.clock.wall += 5
        await venue.desk.traded(SIZE if number % 2 else -SIZE, f"cp{number}")
    found = await venue.gateway.fills(LINEAR, since_ms)
    assert [one.size for one in found] == [-SIZE, SIZE, -SIZE, SIZE, -SIZE]
    assert len(venue.wire.of("/api/v5/trade/fills")) == 3


async def test_pages_that_do_not_end_are_no_answer(
    venue: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("counterpoise.venues.okx_requests.ROWS_MAX", 1)
    monkeypatch.setattr("counterpoise.venues.okx_requests.PAGES_MAX", 2)
    for number in range(2):
        await venue.desk.traded(SIZE, f"cp{number}")
    with pytest.raises(SnapshotError, match="more pages"):
        await venue.gateway.fills(LINEAR, 0)


async def test_a_liquidation_is_told_from_orders_of_people(venue: Venue) -> None:
    report = await venue.desk.traded(SIZE)
    says(
        venue,
        "/orders-history",
        lambda data: [{**row, "category": "full_liquidation", "clOrdId": ""} for row in data],
    )
    ids = frozenset({report.venue_order_id})
    found = await venue.gateway.origins(LINEAR, ids, venue.desk.clock.wall_ms() - DAY_MS)
    assert found[report.venue_order_id].cause is Cause.LIQUIDATION


async def test_whose_an_order_was_is_asked_one_by_one_where_no_list_has_it(venue: Venue) -> None:
    report = await venue.desk.traded(SIZE)
    says(venue, "/orders-history", lambda _: [])
    ids = frozenset({report.venue_order_id, "404"})
    found = await venue.gateway.origins(LINEAR, ids, venue.desk.clock.wall_ms() - DAY_MS)
    assert {name: one.client_order_id for name, one in found.items()} == {
        report.venue_order_id: "cp1"
    }


async def test_an_order_that_rests_is_listed_once_though_two_lists_have_it(venue: Venue) -> None:
    size = venue.desk.contracts(SIZE)
    venue.desk.control.post("order", symbol="BTCUSDT", side="BUY", quantity=size, price="80000")
    inner = await venue.gateway.orders(LINEAR, 0)
    assert [one.resting for one in inner] == [True]


async def test_an_address_that_was_turned_away_is_left_alone(venue: Venue) -> None:
    venue.desk.control.post("fault", kind="ban", method="GET", path="/")
    with pytest.raises(Unavailable):
        await venue.gateway.positions()
    sent = len(venue.wire.requests)
    with pytest.raises(Unavailable, match="pause"):
        await venue.gateway.margins()
    assert len(venue.wire.requests) == sent


async def test_marks_are_one_question_each_for_price_funding_and_index(venue: Venue) -> None:
    marks = await venue.gateway.marks()
    assert [one.index_price is not None for one in marks.values()] == [True, True]
    assert all(one.funding_rate is not None for one in marks.values())


@pytest.mark.parametrize(
    ("changed", "field", "value"),
    [
        ({"perm": "read_only,trade,withdraw"}, "can_withdraw", True),
        ({"perm": "read_only"}, "can_trade_perpetuals", False),
        ({"perm": ""}, "can_withdraw", None),
        ({"ip": ""}, "ip_restricted", False),
        ({"ip": None}, "ip_restricted", None),
        ({"posMode": "long_short_mode"}, "hedge_mode", True),
        ({"posMode": "another"}, "hedge_mode", None),
        ({"acctLv": "2"}, "multi_asset_margin", False),
        ({"acctLv": "4"}, "multi_asset_margin", True),
    ],
)
async def test_the_account_is_what_it_says(
    venue: Venue, changed: dict[str, object], field: str, value: object
) -> None:
    says(venue, "/account/config", lambda data: [{**data[0], **changed}])
    assert getattr(await venue.gateway.account(), field) is value


async def test_an_account_that_trades_no_perpetuals_is_refused_in_words(venue: Venue) -> None:
    says(venue, "/account/config", lambda data: [{**data[0], "acctLv": "1"}])
    with pytest.raises(SettingsError, match="spot mode") as refused:
        await venue.gateway.account()
    assert "Account mode" in refused.value.hint


async def test_leverage_that_is_not_to_be_had_is_left_out(venue: Venue) -> None:
    venue.desk.control.post(
        "fault", kind="html", method="GET", path="/api/v5/account/leverage-info", times=9
    )
    facts = await venue.gateway.account()
    assert (facts.leverage, facts.margin_mode[LINEAR]) == ({}, "cross")


async def test_an_order_that_ended_with_nothing_is_ended(venue: Venue) -> None:
    away = await venue.desk.touch(-SIZE) - 500
    report = await venue.desk.traded(SIZE, limit_price=away)
    assert (report.status, report.filled_size) == (VenueStatus.ENDED, D(0))
