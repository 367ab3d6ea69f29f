"""Reads on MEXC: one whole account, and nothing in place of an answer that failed."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from counterpoise.core.instrument import Asset
from counterpoise.errors import SnapshotError, Unauthorized, Unavailable
from counterpoise.venues.build import build_gateway
from counterpoise.venues.mexc_questions import ASSETS, HISTORY, POSITIONS
from tests.exchange.wires import FakeClock
from tests.venues.mexc.conftest import (
    BTC,
    ETH,
    INVERSE,
    Bench,
    D,
    Tapped,
    bench_of,
    config,
    exchange_of,
)

READS = {  # what each of the gateway's reads asks
    "/api/v3/account": "balances",
    ASSETS.path: "margins",
    POSITIONS.path: "positions",
    "/api/v1/contract/ticker": "marks",
    "/api/v1/contract/depth/BTC_USDT": "books",
}


async def test_opening_reads_the_contracts_and_nothing_of_spot(bench: Bench) -> None:
    bench.wire.requests.clear()
    await bench.gateway.open()
    assert [urlsplit(one.url).path for one in bench.wire.requests] == ["/api/v1/contract/detail"]


async def test_one_snapshot_shows_both_kinds_of_perpetuals_and_the_spot_account(
    bench: Bench,
) -> None:
    await bench.gateway.place(bench.intent("-0.02", "99500"))
    await bench.gateway.place(bench.intent("1", "4100", symbol=ETH))
    positions = await bench.gateway.positions()
    assert {key: one.size for key, one in positions.items()} == {
        bench.instruments[BTC].key: D("-0.02"),
        bench.instruments[ETH].key: D(1),
        bench.instruments[INVERSE].key: 0,
    }
    marks, books = await bench.gateway.marks(), await bench.gateway.books()
    assert set(marks) == set(books) == set(positions)
    assert all(books[key].bid <= books[key].ask for key in books)
    key = bench.instruments[BTC].key
    assert abs(marks[key].mark_price - 100_000) < 100
    assert await bench.gateway.skew_ms() == 0


async def test_what_a_whole_spot_account_leaves_out_is_zero(bench: Bench) -> None:
    found = {one.asset: one.quantity for one in await bench.gateway.balances()}
    assert found == {"BTC": D("1.5"), "ETH": 10, "USDT": 1_000, "ADA": 0}
    assert {one.source for one in await bench.gateway.balances()} == {"main:spot"}


async def test_coins_are_margin_under_one_name_only(bench: Bench) -> None:
    found = [(one.source, one.asset, one.equity) for one in await bench.gateway.margins()]
    assert [one for one in found if one[2]] == [
        ("main:linear", Asset("USDT"), D(60_000)),
        ("main:inverse", Asset("BTC"), D(1)),
    ]
    zeros = {(source, asset) for source, asset, equity in found if not equity}
    assert zeros == {("main:inverse", asset) for asset in ("ETH", "ADA", "USDT")}


async def test_a_coin_margined_short_of_the_whole_margin_has_no_delta_at_any_price(
    bench: Bench,
) -> None:
    bench.control("price", symbol="BTC_USD", market="inverse", price="100000")
    await bench.gateway.place(bench.intent("-100000", "99500", symbol=INVERSE))
    one = bench.instruments[INVERSE]
    for price in ("60000", "100000", "150000"):
        bench.control("price", symbol="BTC_USD", market="inverse", price=price)
        size = (await bench.gateway.positions())[one.key].size
        mark = (await bench.gateway.marks())[one.key].mark_price
        (equity,) = (
            m.equity
            for m in await bench.gateway.margins()
            if (m.source, m.asset) == ("main:inverse", "BTC")
        )
        assert abs(equity + one.delta(size, mark)) < D("0.0015")  # fee and spread of the one order


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize(
    "body", ["<html>oops</html>", "", "{", {}, [], {"success": False, "code": 0}], ids=str
)
async def test_an_answer_without_sense_is_never_an_empty_result(
    bench: Bench, path: str, body: object
) -> None:
    bench.wire.says(path, body)
    with pytest.raises((SnapshotError, Unavailable)):
        await getattr(bench.gateway, READS[path])()


async def test_a_wrong_secret_is_said_to_be_one() -> None:
    clock = FakeClock()
    bench = await bench_of(exchange_of(clock), clock)
    other = await _opened_with_another_secret(bench)
    for read in ("positions", "balances", "account"):
        with pytest.raises(Unauthorized):
            await getattr(other.gateway, read)()
    await bench.gateway.close()
    await other.gateway.close()


async def _opened_with_another_secret(bench: Bench) -> Bench:
    wire = Tapped(bench.wire.inner)
    gateway = build_gateway(config(api_secret="not the secret"), bench.clock, wire)
    await gateway.open()
    return Bench(bench.exchange, bench.clock, wire, gateway)


@pytest.mark.parametrize("hedged", [False, True])
async def test_the_account_says_its_modes_and_nothing_that_it_was_not_asked(
    *, hedged: bool
) -> None:
    clock = FakeClock()
    bench = await bench_of(exchange_of(clock, hedge_mode=hedged), clock)
    facts = await bench.gateway.account()
    assert (facts.hedge_mode, facts.account_id) == (hedged, "4200001")
    assert facts.leverage[BTC] == 20
    assert set(facts.margin_mode.values()) == {"cross"}
    unsaid = (facts.can_withdraw, facts.ip_restricted, facts.can_trade_perpetuals)
    assert unsaid == (None, None, None)  # `canWithdraw` of the spot account is not the key's
    await bench.gateway.close()


async def test_each_question_about_the_account_may_fail_by_itself(bench: Bench) -> None:
    bench.wire.says("/api/v3/uid", {"code": 700007, "msg": "x"}, 400)
    bench.wire.says("/api/v1/private/position/position_mode", {"success": True, "data": 3})
    bench.wire.says("/api/v1/private/position/leverage", {"success": False, "code": 600})
    with pytest.raises(Unauthorized):  # but a refused key is an answer of its own
        await bench.gateway.account()
    bench.wire.says("/api/v3/uid", {"code": 730000, "msg": "x"}, 400)
    facts = await bench.gateway.account()
    assert (facts.hedge_mode, facts.account_id, facts.leverage) == (None, None, {})


async def test_a_page_of_the_firewall_is_a_pause_for_the_host(bench: Bench) -> None:
    bench.wire.says(POSITIONS.path, "<html>Access Denied</html>", 403)
    with pytest.raises(Unavailable):
        await bench.gateway.positions()
    count = len(bench.wire.requests)
    with pytest.raises(Unavailable) as paused:
        await bench.gateway.balances()
    assert paused.value.retry_after_s > 0
    assert len(bench.wire.requests) == count


async def test_too_many_requests_are_a_pause_as_well(bench: Bench) -> None:
    bench.control("fault", kind="rate-limit", method="GET", retry_after_s=9)
    with pytest.raises(Unavailable):
        await bench.gateway.positions()
    await bench.clock.sleep(10)
    assert await bench.position() == 0


async def test_more_pages_than_can_be_read_are_no_list(bench: Bench) -> None:
    row = {"symbol": "BTC_USDT", "orderId": "1", "externalOid": "x", "category": 1}
    bench.wire.says(HISTORY.path, {"success": True, "code": 0, "data": [row] * 100})
    with pytest.raises(SnapshotError):
        await bench.gateway.origins(BTC, frozenset({"1"}), 0)
