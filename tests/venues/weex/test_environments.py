"""Where WEEX's requests can lead: the simulated account is four paths on production's own hosts."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import ccxt.async_support as ccxt
import pytest

from counterpoise.core.instrument import Asset
from counterpoise.core.mode import Mode
from counterpoise.core.orders import VenueStatus
from counterpoise.errors import DoorRefused, SettingsError
from counterpoise.venues.build import rules_for
from counterpoise.venues.gateway import CcxtGateway
from counterpoise.venues.weex import PLACE, PROFILE, SIMULATED_PLACE
from tests.venues.contract.stands import LINEAR, D, Desk
from tests.venues.weex.conftest import ENDED, SIM_PLACE, WEEX, Tapped, gateway_of
from tests.venues.weex.conftest import PLACE as REAL_PLACE

HOSTS = ("api-contract.weex.com", "api-spot.weex.com")
SIMULATED_PATHS = {
    "/capi/v3/sim/balance",
    "/capi/v3/sim/position/allPosition",
    "/capi/v3/sim/order",
    "/capi/v3/sim/order/history",
}
SIZE = D("0.02")
BODY = json.dumps(
    {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "positionSide": "LONG",
        "type": "LIMIT",
        "timeInForce": "IOC",
        "quantity": "1",
        "price": "1",
        "newClientOrderId": "a",
    }
).encode()
KEYED = {"ACCESS-KEY": "k", "ACCESS-SIGN": "s", "ACCESS-PASSPHRASE": "p", "ACCESS-TIMESTAMP": "1"}


async def simulated(desk: Desk, wire: Tapped) -> CcxtGateway:
    """Return a gateway of the simulated account, opened."""
    gateway = gateway_of(desk, wire)
    await gateway.open()
    await gateway.account()
    return gateway


def keyed(wire: Tapped) -> set[str]:
    """Return the paths of all requests that carried the key."""
    return {
        urlsplit(one.url).path
        for one in wire.requests
        if any(name.lower().startswith("access-") for name in one.headers)
    }


async def test_the_simulated_account_is_read_and_traded_on_its_own_paths_alone(
    desk: Desk, wire: Tapped
) -> None:
    gateway = await simulated(desk, wire)
    intent = await desk.intent(SIZE)
    since_ms = desk.clock.wall_ms() - 1
    wire.requests.clear()
    receipt = await gateway.place(intent)
    found = await gateway.find(intent)
    assert found is not None
    assert (receipt.status, found.status) == (VenueStatus.OPEN, VenueStatus.FILLED)
    assert found.filled_size == SIZE
    assert await gateway.open_order_ids(LINEAR) == frozenset()
    assert await gateway.orders(LINEAR, 0) == ()
    assert await gateway.origins(LINEAR, frozenset({"1"}), 0) == {}
    assert await gateway.balances() == ()
    (margin,) = await gateway.margins()
    (position,) = (await gateway.positions()).values()
    (fill,) = await gateway.fills(LINEAR, since_ms)
    assert (margin.asset, position.size, fill.size) == (Asset("USDT"), SIZE, SIZE)
    assert fill.price == found.price_average
    assert fill.fee == SIZE * fill.price * D("0.0005")
    assert keyed(wire) == SIMULATED_PATHS
    assert {urlsplit(one.url).hostname for one in wire.requests} <= set(HOSTS)
    await gateway.close()


async def test_a_simulated_order_names_the_simulated_perpetual(desk: Desk, wire: Tapped) -> None:
    gateway = await simulated(desk, wire)
    await gateway.place(await desk.intent(-SIZE))
    assert [one["symbol"] for one in wire.sent("POST", SIM_PLACE)] == ["BTCSUSDT"]
    assert wire.sent("POST", REAL_PLACE) == []
    await gateway.close()


async def test_the_simulated_account_is_taken_for_one_of_two_sides(
    desk: Desk, wire: Tapped
) -> None:
    gateway = await simulated(desk, wire)
    wire.requests.clear()
    facts = await gateway.account()
    assert (facts.hedge_mode, facts.account_id, facts.leverage) == (True, None, {})
    assert wire.requests == []  # it has no question for it
    await gateway.close()


@pytest.mark.parametrize("wallets", [("spot", "linear"), ("spot",)])
async def test_what_the_simulated_account_lacks_is_refused_before_anything_is_asked(
    desk: Desk, wire: Tapped, wallets: tuple[str, ...]
) -> None:
    with pytest.raises(SettingsError, match="no 'spot' in its test environment") as raised:
        gateway_of(desk, wire, wallets=wallets)
    assert "endpoint" in raised.value.hint
    assert wire.requests == []


async def test_an_endpoint_stands_for_the_whole_venue(desk: Desk, wire: Tapped) -> None:
    await desk.traded(SIZE)
    assert len(wire.sent("POST", REAL_PLACE)) == 1
    assert {urlsplit(one.url).hostname for one in wire.requests} == {"127.0.0.1"}


def test_testnet_mode_lists_none_of_productions_private_paths() -> None:
    config = WEEX.config(endpoint="", wallets=("linear",))
    rules = rules_for(config, config.checked())
    assert rules.writes == (SIMULATED_PLACE,)
    private = {call.path for call in rules.reads if "Private" in call.name}
    assert private == SIMULATED_PATHS - {SIM_PLACE}
    assert rules.signed_path == "/capi/v3/sim/"


def every_private_path() -> list[tuple[str, str, str]]:
    """Return method, host and path of every call with a key that ccxt knows of WEEX."""
    made = ccxt.weex.describe(ccxt.weex.__new__(ccxt.weex))
    hosts = {"private": HOSTS[1], "contractPrivate": HOSTS[0]}
    return [
        (method.upper(), hosts[part], f"/{path}")
        for part in hosts
        for method, paths in made["api"][part].items()
        for path in paths
        if f"/{path}" not in SIMULATED_PATHS
    ]


async def test_no_path_of_production_lets_a_key_pass_in_testnet_mode(
    desk: Desk, wire: Tapped
) -> None:
    gateway = await simulated(desk, wire)
    wire.requests.clear()
    paths = every_private_path()
    assert len(paths) >= 70
    for method, host, path in paths:
        for headers in (KEYED, {name.lower(): value for name, value in KEYED.items()}, {}):
            with pytest.raises(DoorRefused):
                await gateway.door.send(method, f"https://{host}{path}", headers, BODY)
    assert wire.requests == []
    await gateway.close()


@pytest.mark.parametrize("name", sorted(KEYED))
async def test_a_public_path_lets_no_part_of_a_key_pass_in_testnet_mode(
    desk: Desk, wire: Tapped, name: str
) -> None:
    gateway = await simulated(desk, wire)
    wire.requests.clear()
    url = f"https://{HOSTS[0]}/capi/v3/market/time"
    with pytest.raises(DoorRefused, match="header"):
        await gateway.door.send("GET", url, {name: "x"}, b"")
    assert wire.requests == []
    await gateway.door.send("GET", url, {}, b"")
    assert len(wire.requests) == 1
    await gateway.close()


async def test_a_client_that_lost_its_switch_reaches_nothing(desk: Desk, wire: Tapped) -> None:
    """Even with production's own order path in hand, the door stays shut."""
    gateway = await simulated(desk, wire)
    client = gateway._requester._client._ccxt
    client.options["sandboxMode"] = False
    wire.requests.clear()
    with pytest.raises(DoorRefused):
        await client.contractPrivatePostCapiV3Order(json.loads(BODY))
    with pytest.raises(DoorRefused):
        await client.contractPrivateGetCapiV3OrderHistory({})
    assert wire.requests == []
    await gateway.close()


@pytest.mark.parametrize("call", PROFILE.writes, ids=lambda call: call.path)
async def test_dry_run_sends_no_order(desk: Desk, wire: Tapped, call: object) -> None:
    gateway = gateway_of(desk, wire, mode=Mode.DRY_RUN, wallets=WEEX.wallets)
    await gateway.open()
    await gateway.account()
    with pytest.raises(DoorRefused):
        await gateway.place(await desk.intent(SIZE))
    assert {one.method for one in wire.requests} == {"GET"}
    await gateway.close()
    assert call == PLACE


@pytest.mark.parametrize(
    "changed",
    [
        {"timeInForce": "GTC"},
        {"type": "MARKET"},
        {"positionSide": "BOTH"},
        {"newClientOrderId": ""},
        {"tpTriggerPrice": "1"},
        {"postOnly": True},
    ],
    ids=str,
)
async def test_only_an_order_that_cannot_rest_passes_the_door(
    desk: Desk, wire: Tapped, changed: dict[str, object]
) -> None:
    wire.requests.clear()
    url = f"https://{HOSTS[0]}{REAL_PLACE}"
    with pytest.raises(DoorRefused):
        await desk.gateway.door.send(
            "POST", url, KEYED, json.dumps(json.loads(BODY) | changed).encode()
        )
    assert wire.requests == []


async def test_the_simulated_list_of_orders_is_asked_without_a_symbol(
    desk: Desk, wire: Tapped
) -> None:
    gateway = await simulated(desk, wire)
    await gateway.find(await desk.intent(SIZE))
    (sent,) = wire.sent("GET", "/capi/v3/sim/order/history")
    assert "symbol" not in sent
    assert wire.sent("GET", ENDED) == []
    await gateway.close()
