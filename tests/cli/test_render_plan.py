"""What `plan` prints, from values alone: the worked examples, number by number."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from counterpoise.cli import render_plan
from counterpoise.core.instrument import Kind
from counterpoise.core.orders import ClientOrderId, Hold, HoldReason
from counterpoise.core.policy.policy import Limits
from counterpoise.core.snapshot import Missing
from counterpoise.core.units import ZERO
from counterpoise.ports import CycleRecord
from tests.cli import portfolio
from tests.cli.printing import plan_view, printed
from tests.worlds import Row, World

D = Decimal
ID = ClientOrderId("cpmain000412x7k2")
TWO = World(
    rows=(
        Row(asset="BTC", spot=D(1), price=D(50_000), weight=D("0.5"), size_step=D("0.00001")),
        Row(asset="ETH", spot=D("33.333"), price=D(1_000), weight=D("0.5")),
    )
)


def told_of(world: World) -> str:
    record = CycleRecord(
        number=1,
        at_ms=world.situation.now_ms,
        settings_digest="",
        snapshot=world.snapshot,
        situation=world.situation,
        policy=world.policy,
        plan=world.plan(),
    )
    return printed(render_plan.rendered(plan_view(record), 160), 160)


def test_at_exposure_one_plan_prints_8333_50_either_way() -> None:
    told = told_of(TWO)
    assert "value 83,333.00 USDT" in told
    assert " 60.00  50.00 +10.00  SELL 0.16667 BTC/USDT:USDT" in told
    assert " 40.00  50.00 -10.00  BUY 8.3335 ETH/USDT:USDT" in told
    assert "BTC:  drift 10.00 > 5.00; return_to 0 -> 0.00; 8,333.50 USDT / 50,000.00" in told
    assert "ETH:  drift 10.00 > 5.00; return_to 0 -> 0.00; 8,333.50 USDT / 1,000.00" in told
    assert told.count("weight 50.00, drift +0.00") == 2


def test_at_exposure_zero_plan_sells_all_of_it_short() -> None:
    told = told_of(replace(TWO, exposure=ZERO))
    assert "50,000.00 USDT / 50,000.00 = 1.00000, step 0.00001 -> 1\n" in told
    assert "33,333.00 USDT / 1,000.00 = 33.33300, step 0.00001 -> 33.333\n" in told


def test_back_to_exposure_one_plan_buys_back_41666_50_and_closes_before_it_opens() -> None:
    neutral = replace(TWO, exposure=ZERO)
    hedged = replace(neutral.settled(neutral.plan(), elapsed_ms=600_000), exposure=D(1))
    told = told_of(hedged)
    assert told.count("41,666.50 USDT") == 2
    assert "-> 33.333 (closes first, opens next cycle)" in told
    assert "reduce-only" in told


def test_the_two_asset_example_is_2000_short_and_2000_long() -> None:
    rows = (
        Row(asset="BTC", spot=D(100), weight=D("0.4")),
        Row(asset="ETH", spot=D(100), weight=D("0.6")),
    )
    told = told_of(World(rows=rows))
    assert "SELL 20 BTC/USDT:USDT" in told
    assert "BUY 20 ETH/USDT:USDT" in told
    assert told.count("2,000.00 USDT / 100.00 = 20.00000") == 2


def test_an_inverse_perpetual_is_counted_in_quote_currency() -> None:
    row = Row(
        asset="BTC",
        collateral=D(2),
        price=D(50_000),
        weight=D(1),
        kind=Kind.INVERSE,
        size_step=D(100),
    )
    told = told_of(World(rows=(row,), exposure=ZERO))
    assert "100,000.00 USD, step 100 -> 100,000" in told
    assert "(at most 300.00, at the limit)" in told  # three thousandths of it, in dollars


def test_an_order_that_a_limit_cuts_says_so() -> None:
    limits = Limits(price_collar=D("0.003"), spread_max=D("0.002"), order_notional_max=D(5_000))
    told = told_of(replace(TWO, limits=limits))
    assert "-> 0.1 (the rest in later cycles)" in told
    assert "order 5,000 / 5,000" in told


def test_plan_prints_the_worked_example() -> None:
    told = printed(render_plan.rendered(plan_view(), 120))
    assert told == (
        "DRY LOOK, nothing is sent.   main   live settings   value 181,550.00 USDT"
        "   snapshot 217 ms old (9 reads, all complete)\n"
        "asset   spot+external     perp       net     price weight target drift  decision\n"
        "BTC   0.80000+0.25000 -0.05000   1.00000 95,000.00  52.33  50.00 +2.33  hold"
        "   inside the band (5.00)\n"
        "ETH          14.00000 +1.50000  15.50000  3,400.00  29.03  35.00 -5.97  BUY 1.587"
        " ETH/USDT:USDT, limit 3,410.20, IOC\n"
        "SOL         180.00000  0.00000 180.00000    190.00  18.84  15.00 +3.84  hold"
        "   inside the band (5.00)\n"
        "ETH:  drift 5.97 > 5.00; return_to 0.6 -> -3.00;"
        " 5,396.00 USDT / 3,400.00 = 1.58706, step 0.001 -> 1.587\n"
        "      cost about 2.70 fee + 0.16 slippage (at most 16.19, at the limit)"
        "   after: weight 32.00, drift -3.00\n"
        "      limits: order 5,396 / 25,000   position 10,496 / 250,000   day 5,396 / 500,000"
        "   leverage 0.76 / 3.0\n"
        "      per minute 1 / 20   spread 0.6 / 20 bps   price 0.3 / 30 bps   ok\n"
        "External BTC 0.25 was declared 41 d ago, valid 49 d more."
    )


def test_work_remains_while_there_is_an_order_and_not_afterwards() -> None:
    assert render_plan.work_remains(portfolio.record())
    assert not render_plan.work_remains(portfolio.quiet_record())


def test_what_is_missing_is_said_with_who_waits_for_it() -> None:
    missing = Missing(what="main:positions", assets=frozenset({portfolio.USDT}), reason="HTTP 503")
    seen = replace(portfolio.snapshot(), missing=(missing,), positions={})
    record = replace(portfolio.record(), snapshot=seen)
    told = printed(render_plan.rendered(plan_view(record), 120))
    assert "1 MISSING" in told
    assert "Missing main:positions: HTTP 503. USDT hold." in told


def test_a_hold_that_needs_a_person_names_the_command() -> None:
    record = portfolio.record()
    hold = Hold(asset=record.plan.decisions[0].asset, reason=HoldReason.ZERO_UNEXPLAINED)
    decisions = (replace(record.plan.decisions[0], verdict=hold), *record.plan.decisions[1:])
    record = replace(record, plan=replace(record.plan, decisions=decisions))
    told = printed(render_plan.rendered(plan_view(record), 120))
    assert "a balance fell to zero and nothing explains it" in told
    assert "counterpoise resume --asset BTC" in told


def test_a_replay_says_of_which_order_and_when() -> None:
    told = printed(render_plan.rendered(replace(plan_view(), replayed=ID), 120))
    assert told.startswith(f"REPLAY of {ID}, nothing is sent.")
    assert "2025-06-30 03:12:04Z" in told
