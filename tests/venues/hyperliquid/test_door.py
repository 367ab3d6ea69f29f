"""Only questions and orders leave, whatever they are called and in whatever mode."""

from __future__ import annotations

import json

import pytest

from counterpoise.core.mode import Mode
from counterpoise.errors import DoorRefused
from counterpoise.venues.build import rules_for
from counterpoise.venues.door import Door
from counterpoise.venues.hyperliquid import PROFILE
from counterpoise.venues.hyperliquid_requests import is_order, is_question
from tests.venues.contract.stands import D
from tests.venues.hyperliquid.conftest import HYPERLIQUID, Venue, venue_of
from tests.venues.hyperliquid.rows import Row

TESTNET = "https://api.hyperliquid-testnet.xyz"
PRODUCTION = "https://api.hyperliquid.xyz"
MODES = (Mode.DRY_RUN, Mode.TESTNET, Mode.LIVE)


def order(**changed: object) -> Row:
    facts: Row = {
        "a": 0,
        "b": True,
        "p": "87000",
        "s": "0.02",
        "r": False,
        "t": {"limit": {"tif": "Ioc"}},
        "c": "0x" + "1" * 32,
    }
    return {**facts, **changed}


def request(action: object, **changed: object) -> Row:
    facts: Row = {
        "action": action,
        "nonce": 1,
        "signature": {"r": "0x1", "s": "0x1", "v": 27},
        "expiresAfter": 5_001,
    }
    return {name: value for name, value in {**facts, **changed}.items() if value is not None}


def action(*orders: object, **changed: object) -> Row:
    return {"type": "order", "orders": list(orders), "grouping": "na", **changed}


ORDER = request(action(order()))
# what moves money, hands out rights or changes the account, and orders of another kind
REFUSED: dict[str, object] = {
    "a withdrawal": request({"type": "withdraw3", "amount": "1", "destination": "0x1"}),
    "dollars sent": request({"type": "usdSend", "amount": "1", "destination": "0x1"}),
    "a token sent": request({"type": "spotSend", "token": "X", "amount": "1"}),
    "anything sent": request({"type": "sendAsset", "token": "X", "amount": "1"}),
    "spot to perps": request({"type": "usdClassTransfer", "amount": "1", "toPerp": True}),
    "to a sub-account": request({"type": "subAccountTransfer", "usd": 1}),
    "to a vault": request({"type": "vaultTransfer", "usd": 1, "isDeposit": True}),
    "to staking": request({"type": "cDeposit", "wei": 1}),
    "delegation": request({"type": "tokenDelegate", "wei": 1}),
    "a new agent": request({"type": "approveAgent", "agentAddress": "0x1"}),
    "a fee for ccxt": request({"type": "approveBuilderFee", "builder": "0x1"}),
    "who sent us": request({"type": "setReferrer", "code": "CCXT1"}),
    "the account mode": request({"type": "userSetAbstraction", "abstraction": "unifiedAccount"}),
    "leverage": request({"type": "updateLeverage", "asset": 0, "isCross": True, "leverage": 5}),
    "margin of a position": request({"type": "updateIsolatedMargin", "asset": 0, "ntli": 1}),
    "somebody's order cancelled": request({"type": "cancel", "cancels": [{"a": 0, "o": 1}]}),
    "an order changed": request({"type": "modify", "oid": 1, "order": order()}),
    "an order over time": request({"type": "twapOrder", "twap": {}}),
    "everything cancelled later": request({"type": "scheduleCancel", "time": 1}),
    "an order with a builder": request(action(order(), builder={"b": "0x1", "f": 10})),
    "an order for a vault": request(action(order()), vaultAddress="0x1"),
    "an order without an end": request(action(order()), expiresAfter=None),
    "an order whose end is no time": request(action(order()), expiresAfter="never"),
    "two orders": request(action(order(), order())),
    "no order": request(action()),
    "an order with another's stop": request(action(order(), grouping="normalTpsl")),
    "an order that rests": request(action(order(t={"limit": {"tif": "Gtc"}}))),
    "an order that only makes": request(action(order(t={"limit": {"tif": "Alo"}}))),
    "a trigger": request(action(order(t={"trigger": {"isMarket": True}}))),
    "a spot order": request(action(order(a=10_000))),
    "an order on another's exchange": request(action(order(a=110_000))),
    "an order without our id": request(action({k: v for k, v in order().items() if k != "c"})),
    "nothing": {},
    "a list": [],
}


def test_our_order_is_one() -> None:
    assert is_order(json.dumps(ORDER).encode())


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("what", REFUSED)
async def test_whatever_is_no_order_of_ours_stays_inside_in_every_mode(
    mode: Mode, what: str
) -> None:
    made = venue_of(HYPERLIQUID.config(endpoint=""))
    door = Door(
        rules_for(HYPERLIQUID.config(endpoint="", mode=mode), PROFILE), made.wire, made.desk.clock
    )
    host = TESTNET if mode is Mode.TESTNET else PRODUCTION
    with pytest.raises(DoorRefused):
        await door.send("POST", f"{host}/exchange", {}, json.dumps(REFUSED[what]).encode())
    assert made.wire.requests == []


@pytest.mark.parametrize(
    ("mode", "host"),
    [(Mode.DRY_RUN, PRODUCTION), (Mode.TESTNET, PRODUCTION), (Mode.LIVE, TESTNET)],
)
async def test_an_order_leaves_for_the_host_of_its_mode_alone(mode: Mode, host: str) -> None:
    made = venue_of()
    door = Door(
        rules_for(HYPERLIQUID.config(endpoint="", mode=mode), PROFILE), made.wire, made.desk.clock
    )
    with pytest.raises(DoorRefused):
        await door.send("POST", f"{host}/exchange", {}, json.dumps(ORDER).encode())
    assert made.wire.requests == []


@pytest.mark.parametrize(
    "body",
    [
        {"type": "preTransferCheck", "user": "0x1"},
        {"type": "userVaultEquities", "user": "0x1"},
        {"type": "clearinghouseState"},
        {"type": "clearinghouseState", "user": "the account"},
        {"type": "metaAndAssetCtxs", "dex": "xyz"},
        {"type": "order"},
        {},
        [],
    ],
)
async def test_a_question_that_nobody_has_is_not_asked(venue: Venue, body: object) -> None:
    sent = len(venue.wire.requests)
    with pytest.raises(DoorRefused, match="question"):
        await venue.gateway.door.send("POST", f"{TESTNET}/info", {}, json.dumps(body).encode())
    assert len(venue.wire.requests) == sent
    assert not is_question(b"{")


async def test_dry_run_asks_everything_and_writes_nothing() -> None:
    made = venue_of(HYPERLIQUID.config(endpoint="", mode=Mode.DRY_RUN))
    await made.gateway.open()
    await made.gateway.account()
    for read in ("balances", "margins", "positions", "marks", "books"):
        await getattr(made.gateway, read)()
    with pytest.raises(DoorRefused):
        await made.gateway.place(await made.desk.intent(D("0.02")))
    assert made.wire.of("/exchange") == []
    assert {one.url.split("/info")[0] for one in made.wire.requests} == {PRODUCTION}
    await made.gateway.close()


async def test_the_test_environment_is_another_host(venue: Venue) -> None:
    await venue.desk.traded(D("0.02"))
    assert {"/".join(one.url.split("/")[:3]) for one in venue.wire.requests} == {TESTNET}
