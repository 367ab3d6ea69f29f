"""One wallet of many assets backs positions as a whole, and nothing of it counts twice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from counterpoise.bootstrap.report import leverage
from counterpoise.core.exposure import holdings_by_source, portfolio_value
from counterpoise.core.instrument import Asset, VenueName
from counterpoise.core.margin import backing_equity, margin_use
from counterpoise.core.orders import HoldReason
from counterpoise.core.plan import plan
from counterpoise.core.policy.policy import ValueBasis
from counterpoise.core.scene import budgets_of, scene_of
from counterpoise.core.snapshot import Backing, Balance, Margin, Snapshot
from counterpoise.core.units import ONE, ZERO
from tests.worlds import LOOSE, Row, World, order_of, reason_of

D = Decimal
MAIN = VenueName("main")
SOURCE = "main:unified"
BTC, USDT = Asset("BTC"), Asset("USDT")
ROW = Row(asset="BTC", spot=ONE, price=D(50_000), weight=ONE)
LIMITS = replace(LOOSE, leverage_max=D("0.5"), margin_use_max=D("0.5"))
HALF = World(rows=(replace(ROW, size=D("-0.5")),), exposure=ZERO, limits=LIMITS)  # to be hedged
WHOLE = Backing(equity=D(60_000), maintenance=D(600))


def held(asset: Asset, equity: str, backing: Backing | None = WHOLE) -> Margin:
    return Margin(
        source=SOURCE,
        asset=asset,
        equity=D(equity),
        wallet=D(equity),
        maintenance=ZERO,
        backing=backing,
    )


def seen(*margins: Margin) -> Snapshot:
    return replace(HALF.snapshot, margins=margins, balances=())


def test_the_account_counts_once_whatever_number_of_assets_it_is_shown_by() -> None:
    prices = {BTC: D(50_000), USDT: ONE}
    assert backing_equity([held(BTC, "1"), held(USDT, "12000")], prices) == 60_000


def test_each_account_counts() -> None:
    other = replace(held(USDT, "5"), source="other:unified")
    assert backing_equity([held(BTC, "1"), other], {}) == 120_000


def test_wallets_of_one_asset_still_back_positions_with_their_own_equity() -> None:
    margins = [held(BTC, "1", None), held(USDT, "12000", None), held(Asset("ABC"), "9", None)]
    assert backing_equity(margins, {BTC: D(50_000), USDT: ONE}) == 62_000


def test_where_two_answers_differ_the_lesser_one_grants_leverage() -> None:
    lesser = replace(WHOLE, equity=D(100))
    assert backing_equity([held(BTC, "1"), held(USDT, "1", lesser)], {}) == 100


def test_leverage_is_bounded_by_what_the_whole_account_backs() -> None:
    shown = seen(held(BTC, "1"), held(USDT, "-12000"))  # the cash was lent to the perpetuals
    scene = scene_of(shown, HALF.situation, HALF.policy)
    assert budgets_of(scene)[MAIN].equity == 60_000
    assert leverage(shown, HALF.policy) == D(25_000) / 60_000


def test_an_order_grows_as_far_as_the_whole_account_allows() -> None:
    shown = replace(HALF.snapshot, margins=(held(BTC, "1"), held(USDT, "-12000")))
    order = order_of(plan(shown, HALF.situation, HALF.policy), "BTC")
    assert order.notional == 5_000  # 0.5 x 60,000 less the 25,000 that are there


def test_a_whole_account_that_is_used_up_lets_nothing_grow() -> None:
    used = Backing(equity=D(60_000), maintenance=D(30_001))
    margins = (held(BTC, "1", used), held(USDT, "100000", used))
    assert margin_use(seen(*margins), MAIN) == D(30_001) / 60_000
    shown = replace(HALF.snapshot, margins=margins)
    decided = plan(shown, HALF.situation, HALF.policy)
    assert reason_of(decided, "BTC") is HoldReason.MARGIN_USE


@pytest.mark.parametrize("equity", ["0", "-5"])
def test_an_account_with_nothing_left_is_used_up(equity: str) -> None:
    spent = Backing(equity=D(equity), maintenance=ONE)
    assert margin_use(seen(held(USDT, "100000", spent)), MAIN) == 1


def test_a_debt_in_cash_takes_from_the_value_of_equity() -> None:
    shown = seen(held(BTC, "1"), held(USDT, "-12000"))
    policy = replace(HALF.policy, value_basis=ValueBasis.EQUITY)
    assert portfolio_value(shown, policy, {BTC: ONE}) == 38_000


def test_a_wallet_shown_as_balance_and_as_margin_counts_once() -> None:
    twice = Balance(source=SOURCE, asset=USDT, quantity=D(12_000))
    shown = replace(seen(held(BTC, "1"), held(USDT, "11000")), balances=(twice,))
    policy = replace(HALF.policy, value_basis=ValueBasis.EQUITY)
    assert portfolio_value(shown, policy, {BTC: ONE}) == 61_000


def test_a_coin_of_the_account_is_a_holding_with_its_profit() -> None:
    (target,) = HALF.policy.targets
    wallet = replace(target, sources=(SOURCE,))
    assert holdings_by_source(seen(held(BTC, "1.25")), wallet) == {SOURCE: D("1.25")}


def test_amounts_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="backs positions"):
        Backing(equity=D("NaN"), maintenance=ZERO)
    with pytest.raises(ValueError, match="backs positions"):
        Backing(equity=ZERO, maintenance=D("Infinity"))
