"""A unified wallet: every coin is margin, once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.exchange.account import Account
from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig, build
from counterpoise.exchange.margin import MarginState
from counterpoise.exchange.unified import CASH, COLLATERAL_SHARE, whole_margin
from tests.exchange.wires import Controller, FakeClock

NOTHING = Decimal(0)
PRICES = {"USDT": Decimal(1), "BTC": Decimal(90_000), "ETH": Decimal(3_000), "DUST": NOTHING}

amounts = st.decimals(min_value=-50, max_value=50, places=3)


def state(wallet: Decimal = NOTHING, **parts: Decimal) -> MarginState:
    known = dict.fromkeys(("unrealised", "initial", "maintenance", "orders"), NOTHING)
    return MarginState(wallet=wallet, **(known | parts))


def whole(asset: str, states: dict[str, MarginState]) -> MarginState:
    return whole_margin(asset, sorted(states), states.__getitem__, PRICES.__getitem__)


def opened(**balances: str) -> LocalExchange:
    config = LocalExchangeConfig(
        venue="bybit",
        speed=NOTHING,
        balances={asset: Decimal(held) for asset, held in balances.items()},
        futures_wallet={},
    )
    return build(config, FakeClock())


@given(cash=amounts, coins=amounts, gain=amounts)
def test_it_is_the_same_margin_in_whatever_asset_it_is_told(
    cash: Decimal, coins: Decimal, gain: Decimal
) -> None:
    states = {"USDT": state(cash * 1000, unrealised=gain), "BTC": state(coins, maintenance=gain)}
    in_cash, in_coin = whole("USDT", states), whole("BTC", states)
    assert in_coin.balance * PRICES["BTC"] == pytest.approx(in_cash.balance)
    assert in_coin.maintenance * PRICES["BTC"] == pytest.approx(in_cash.maintenance)
    assert in_coin.liquidated is in_cash.liquidated


def test_a_coin_counts_at_a_share_and_a_debt_in_full() -> None:
    held = whole(CASH, {"USDT": state(Decimal(100)), "ETH": state(Decimal(2))})
    owed = whole(CASH, {"USDT": state(Decimal(-100)), "ETH": state(Decimal(-2))})
    assert held.wallet == 100 + 6_000 * COLLATERAL_SHARE
    assert owed.wallet == -6_100


def test_what_has_no_price_is_told_as_it_is() -> None:
    alone = state(Decimal(7))
    assert whole("DUST", {"USDT": state(Decimal(100)), "DUST": alone}) is alone
    assert whole(CASH, {"USDT": state(Decimal(100)), "DUST": alone}).wallet == 100


def test_both_names_mean_the_one_wallet_and_a_copy_is_another() -> None:
    account = Account(unified=True)
    account.add_spot("USDT", Decimal(5), 0)
    account.add_futures("USDT", Decimal(3), 0)
    copied = account.copied()
    account.add_spot("USDT", Decimal(1), 0)
    assert account.futures["USDT"] == account.spot["USDT"] == 9
    assert copied.futures["USDT"] == copied.spot["USDT"] == 8
    assert copied.futures is copied.spot


def test_a_short_against_a_coin_held_outlives_what_kills_one_alone() -> None:
    hedged, alone = opened(BTC="1", USDT="10000"), opened(USDT="97000")
    for exchange in (hedged, alone):
        control = Controller(exchange)
        control.post("position", symbol="BTCUSDT", quantity="-1")
        control.post("price", symbol="BTCUSDT", price="190000")
    held = {"hedged": hedged, "alone": alone}
    left = {name: Controller(one).get("state")["positions"] for name, one in held.items()}
    assert [row["quantity"] for row in left["hedged"]] == ["-1"]
    assert left["alone"] == []


def test_the_insurance_fund_bears_only_what_the_whole_wallet_cannot() -> None:
    exchange = opened(BTC="0.2", USDT="1000")
    control = Controller(exchange)
    control.post("position", symbol="BTCUSDT", quantity="-1")
    control.post("price", symbol="BTCUSDT", price="108900")
    state_after = control.get("state")
    assert state_after["positions"] == []
    assert state_after["account"]["unified"] is True
    assert state_after["balances"]["futures"] == state_after["balances"]["spot"]
    held = {asset: Decimal(amount) for asset, amount in state_after["balances"]["spot"].items()}
    assert held["USDT"] < 0 < held["BTC"]  # the coin covers the debt


def test_a_venue_with_two_wallets_keeps_them_apart() -> None:
    config = LocalExchangeConfig(speed=NOTHING, balances={"USDT": Decimal(5)}, futures_wallet={})
    exchange = build(config, FakeClock())
    now = exchange.venue.clock.now()
    assert exchange.venue.engine.margin("USDT", now).wallet == 0
    assert exchange.venue.engine.account.unified is False
