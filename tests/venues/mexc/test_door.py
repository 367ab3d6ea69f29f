"""What leaves for MEXC: by mode, with which headers, and that there is no test environment."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from counterpoise.core.mode import Mode
from counterpoise.errors import DoorRefused, SettingsError, Unavailable
from counterpoise.exchange.local import MemoryTransport
from counterpoise.exchange.server import serve
from counterpoise.venues import build as building
from counterpoise.venues.build import build_gateway
from counterpoise.venues.mexc import PLACE, PROFILE
from counterpoise.venues.transport import HttpTransport
from tests.exchange.wires import FakeClock
from tests.venues.mexc.conftest import Bench, D, Tapped, bench_of, config, exchange_of

PRODUCTION = "https://api.mexc.com"
MONEY_OUT = ["/api/v3/capital/withdraw", "/api/v3/capital/transfer", "/api/v3/order"]


def test_a_test_environment_is_refused_in_our_words_before_a_client_exists(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("a client was built")

    monkeypatch.setattr(building, "Client", never)
    with pytest.raises(SettingsError) as refused:
        build_gateway(config(endpoint=""), FakeClock())
    assert str(refused.value) == "mexc has no test environment"
    assert "dry-run" in refused.value.hint
    assert "endpoint" in refused.value.hint


@pytest.mark.parametrize("mode", [Mode.LIVE, Mode.TESTNET])
def test_live_goes_to_mexc_and_a_rehearsal_only_to_its_endpoint(mode: Mode) -> None:
    endpoint = "" if mode is Mode.LIVE else config().endpoint
    gateway = build_gateway(config(mode=mode, endpoint=endpoint), FakeClock(), _nowhere())
    rules = gateway.door.rules
    assert (rules.hosts, rules.endpoint) == (frozenset({"api.mexc.com"}), endpoint)
    assert rules.writes == (PLACE,)
    asyncio.run(gateway.close())


def _nowhere() -> Tapped:
    return Tapped(MemoryTransport(exchange_of(FakeClock())))


async def test_dry_run_writes_nothing() -> None:
    clock, wire = FakeClock(), _nowhere()
    gateway = build_gateway(config(mode=Mode.DRY_RUN), clock, wire)
    await gateway.open()
    await gateway.account()
    bench = Bench(None, clock, wire, gateway)  # type: ignore[arg-type]
    bench.instruments = {one.symbol: one for one in await gateway.open()}
    wire.requests.clear()
    with pytest.raises(DoorRefused):
        await gateway.place(bench.intent("-0.01", "99500"))
    assert wire.requests == []
    await gateway.close()


@pytest.mark.parametrize("path", MONEY_OUT)
async def test_money_and_spot_orders_do_not_pass(bench: Bench, path: str) -> None:
    for method in ("POST", "GET", "DELETE"):
        with pytest.raises(DoorRefused):
            await bench.gateway.door.send(method, f"{PRODUCTION}{path}", {}, b"")


async def test_a_resting_order_does_not_pass_the_door(bench: Bench) -> None:
    body = b'{"symbol":"BTC_USDT","side":3,"type":1,"openType":2,"vol":1,"externalOid":"a"}'
    with pytest.raises(DoorRefused):
        await bench.gateway.door.send("POST", f"{PRODUCTION}{PLACE.path}", {}, body)


async def test_the_name_of_an_order_is_one_part_of_the_path_and_no_more(bench: Bench) -> None:
    path = "/api/v1/private/order/external/BTC_USDT"
    for wrong in ("", "/a/b", "/..", "/"):
        with pytest.raises(DoorRefused):
            await bench.gateway.door.send("GET", f"{PRODUCTION}{path}{wrong}", {}, b"")


async def test_every_futures_request_says_how_long_it_is_good_for(bench: Bench) -> None:
    await bench.gateway.place(bench.intent("-0.01", "99500"))
    private = [r for r in bench.wire.requests if "/api/v1/private/" in urlsplit(r.url).path]
    assert private
    assert {one.headers.get("Recv-Window") for one in private} == {"5"}
    assert PROFILE.limits.receive_window_ms == 10_000  # what MEXC does where it ignores that


async def test_an_order_that_arrives_too_late_is_refused_there(bench: Bench) -> None:
    bench.control("fault", kind="slow", method="POST", delay_s=6, late=True)
    intent = bench.intent("-0.01", "99500")
    with pytest.raises(Unavailable, match="513"):
        await bench.gateway.place(intent)
    assert await bench.gateway.find(intent) is None
    assert await bench.position() == 0


async def test_it_all_works_over_http() -> None:
    clock = FakeClock()
    exchange = exchange_of(clock)
    server = await serve(exchange, "127.0.0.1", 0)  # the same exchange, behind a real socket
    endpoint = f"http://127.0.0.1:{server.port}"
    over_http = replace(config(), endpoint=endpoint)
    gateway = build_gateway(over_http, clock, HttpTransport())
    memory = await bench_of(exchange, clock)
    memory.control("price", symbol="BTCUSDT", price="100000")
    try:
        await gateway.open()
        await gateway.account()
        intent = memory.intent("-0.01", "99500")
        await gateway.place(intent)
        found = await gateway.find(intent)
        assert found is not None
        assert found.filled_size == D("-0.01")
        assert await gateway.positions() == await memory.gateway.positions()
    finally:
        await gateway.close()
        await memory.gateway.close()
        await server.close()
