"""What Binance says of the account where one or both kinds of perpetuals are configured."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from counterpoise.core.mode import Mode
from counterpoise.errors import SettingsError
from counterpoise.exchange.local import MemoryTransport
from counterpoise.ports import AccountFacts
from counterpoise.venues.binance_account import account
from counterpoise.venues.binance_calls import ACCOUNT_KIND
from counterpoise.venues.build import build_gateway
from counterpoise.venues.dialect import Call, Params
from counterpoise.venues.outcomes import NotServed
from tests.exchange.wires import Controller, FakeClock
from tests.venues.binance.rows import COIN, coin_listed, coin_position
from tests.venues.contract.stands import INVERSE, LINEAR, STANDS, Bench
from tests.venues.fake import ETH
from tests.venues.orders import LISTED

BINANCE = next(stand for stand in STANDS if stand.exchange == "binance")
BOTH = (LISTED, coin_listed())
ANSWERS: Mapping[str, object] = {
    "/api/v3/account": {"uid": 4711},
    "/fapi/v1/accountConfig": {"canTrade": True},
    "/dapi/v1/account": {"canTrade": True, "assets": []},
    "/fapi/v1/positionSide/dual": {"dualSidePosition": False},
    "/dapi/v1/positionSide/dual": {"dualSidePosition": False},
    "/fapi/v1/multiAssetsMargin": {"multiAssetsMargin": False},
    "/fapi/v1/symbolConfig": [{"symbol": "ETHUSDT", "leverage": 5, "marginType": "CROSSED"}],
    "/dapi/v1/positionRisk": [coin_position(), coin_position(symbol="LTCUSD_PERP")],
    "/sapi/v1/account/apiRestrictions": {"enableFutures": True, "enableWithdrawals": False},
    "/sapi/v1/account/info": {"isPortfolioMarginRetailEnabled": False},
}


class Told:
    """Answers questions of the account from a table; a path that it lacks is not served."""

    def __init__(self, **changed: object) -> None:
        self.asked: list[str] = []
        self.changed = changed

    async def read(self, call: Call, _params: Params) -> object:
        self.asked.append(call.path)
        body = self.changed.get(call.path, ANSWERS.get(call.path))
        if body is None:
            raise NotServed(call.path)
        return body

    async def read_or_none(self, call: Call, params: Params) -> object | None:
        return await self.read(call, params)


async def facts(changed: Mapping[str, object] | None = None) -> AccountFacts:
    return await account(Told(**(changed or {})), BOTH)


async def test_both_kinds_are_asked_for_mode_right_and_leverage() -> None:
    found = await facts()
    assert (found.account_id, found.hedge_mode, found.can_trade_perpetuals) == ("4711", False, True)
    assert dict(found.leverage) == {ETH: 5, COIN: 2}
    assert dict(found.margin_mode) == {ETH: "cross", COIN: "isolated"}


async def test_what_is_not_configured_is_not_asked() -> None:
    told = Told()
    await account(told, (LISTED,))
    assert not [path for path in told.asked if path.startswith("/dapi/")]


async def test_different_position_modes_are_refused_in_words() -> None:
    with pytest.raises(SettingsError, match="different position modes") as raised:
        await facts({"/dapi/v1/positionSide/dual": {"dualSidePosition": True}})
    assert "Position Mode" in raised.value.hint


async def test_the_mode_of_one_kind_alone_is_not_the_accounts() -> None:
    assert (await facts({"/dapi/v1/positionSide/dual": None})).hedge_mode is None


async def test_a_kind_that_may_not_be_traded_is_told() -> None:
    found = await facts({"/dapi/v1/account": {"canTrade": False, "assets": []}})
    assert found.can_trade_perpetuals is False


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sapi/v1/account/info", {"isPortfolioMarginRetailEnabled": True}),
        ("/sapi/v1/account/apiRestrictions", {"enablePortfolioMarginTrading": True}),
    ],
)
async def test_portfolio_margin_is_refused_in_words(path: str, body: object) -> None:
    with pytest.raises(SettingsError, match="portfolio margin, which this version does not read"):
        await facts({path: body})


async def test_what_the_test_environment_cannot_answer_is_not_known() -> None:
    found = await facts({"/sapi/v1/account/info": None})
    assert found.hedge_mode is False


async def test_portfolio_margin_is_seen_through_ccxt_and_the_door() -> None:
    clock = FakeClock()
    exchange = BINANCE.market(clock)
    production = BINANCE.config(mode=Mode.DRY_RUN)  # the demo has no such question
    gateway = build_gateway(production, clock, MemoryTransport(exchange))
    try:
        await gateway.open()
        assert (await gateway.account()).hedge_mode is False
        Controller(exchange).post(
            "fault",
            kind="empty",
            path=ACCOUNT_KIND.path,
            body=json.dumps({"isPortfolioMarginRetailEnabled": True}),
        )
        with pytest.raises(SettingsError, match="portfolio margin"):
            await gateway.account()
    finally:
        await gateway.close()


async def test_both_kinds_in_hedge_mode_are_told_apart_by_product() -> None:
    bench = Bench(BINANCE)
    try:
        desk = await bench.desk(hedge_mode=True)
        assert (await desk.gateway.account()).hedge_mode is True
        assert (await desk.position(LINEAR)).sides is not None
        assert (await desk.position(INVERSE)).sides is not None
    finally:
        await bench.gateway.close()
