"""What the commands print, from values alone: the worked example, in wide and in narrow windows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import pytest

from counterpoise.cli import render_demo, render_explain, render_orders, render_plan, render_status
from counterpoise.cli.facts import as_json
from counterpoise.cli.layout import flowed
from counterpoise.cli.render_explain import Explanation
from counterpoise.core.orders import ClientOrderId, Intent, IntentState
from counterpoise.ports import Transition
from counterpoise.status import (
    AssetStatus,
    ChannelStatus,
    HeartbeatStatus,
    StatusDocument,
    Today,
    VenueStatus,
)
from tests.cli import portfolio
from tests.cli.printing import plan_view, printed

D = Decimal
NOW_MS = portfolio.NOW_MS
ID = ClientOrderId("cpmain000412x7k2")
CHANNEL = ChannelStatus(channel="ops", host="hooks.example", ok=True, sent=4, retried=7, waiting=2)
HEART = HeartbeatStatus(host="hc.example", ok=False, sent=1, failed=3, detail="HTTP 404")
WIDTHS = (60, 80, 100, 108, 120, 140, 200)


def intent() -> Intent:
    order = next(iter(portfolio.record().plan.orders))
    return Intent(
        client_order_id=ID,
        sequence=412,
        cycle=318,
        order=order,
        state=IntentState.FILLED,
        sent_at_ms=NOW_MS + 5,
        expires_at_ms=NOW_MS + 5_000,
        venue_order_id="77",
        filled_size=order.size,
        price_average=D("3400.37"),
        fee=D("2.698"),
        fee_asset=portfolio.USDT,
        settled_at_ms=NOW_MS + 46,
        proof="the venue's reply",
    )


def explanation() -> Explanation:
    steps = ((IntentState.SENT, 4), (IntentState.ACKNOWLEDGED, 43), (IntentState.FILLED, 46))
    return Explanation(
        intent=intent(),
        record=portfolio.record(),
        transitions=[
            Transition(state=state, at_ms=NOW_MS + after, proof="") for state, after in steps
        ],
        after=portfolio.quiet_record(),
    )


def document() -> StatusDocument:
    def asset(name: str, figures: tuple[str, str, str, str], **more: object) -> AssetStatus:
        net, weight, target, drift = map(D, figures)
        return AssetStatus(
            asset=name,
            state="ok",
            since_ms=NOW_MS,
            net=net,
            weight=weight,
            target=target,
            drift=drift,
            band=D("0.05"),
            **more,  # type: ignore[arg-type]
        )

    return StatusDocument(
        portfolio="main",
        mode="live",
        state="run",
        healthy=True,
        written_at_ms=NOW_MS - 2_000,
        cycle_interval_s=10.0,
        version="1.3.0",
        settings_digest="9c1e04ab",
        started_at_ms=NOW_MS - (12 * 24 + 4) * 3_600_000,
        pid=1,
        quote="USDT",
        cycle=9,
        cycle_duration_ms=41.0,
        value=D(181550),
        net_exposure=D("1.0317"),
        leverage=D("0.76"),
        leverage_max=D(3),
        liquidation_distance=D("1.4"),
        today=Today(
            orders=1,
            turnover=D(5396),
            turnover_max=D(500000),
            cost=D("3.29"),
            funding_7d=D("14.6"),
        ),
        assets=(
            asset("BTC", ("1", "0.5233", "0.5", "0.0233")),
            asset("ETH", ("17.087", "0.32", "0.35", "-0.03"), correction=ID),
            asset("SOL", ("180", "0.1884", "0.15", "0.0384")),
        ),
        venues=(VenueStatus(venue="main", ok=True, latency_ms=38.0, skew_ms=12),),
    )


def test_explain_prints_the_worked_example() -> None:
    told = printed(render_explain.rendered(explanation(), 140), 140)
    assert told == (
        "ETH buy 1.587, filled 1.587 at 3,400.37, 41 ms, cost 3.29 USDT"
        " (fee 2.70, slippage 1.1 bps)\n"
        "why     drift -5.97 pt beyond 5.00 (rule: drift, sustain 0 s, cooldown clear);"
        " policy return_to 0.6 chose -3.00\n"
        "saw     03:12:04.101 + 200 ms   ETH spot 14, perp 1.5,"
        " price 3,400.00 (bid 3,399.90 ask 3,400.10, spread 0.6 bps), V 181,550.00\n"
        "limits  7 of 7 passed; nearest: leverage_max 0.76 of 3.00 (25 %)\n"
        "did     03:12:04.322 journaled and sent   .361 accepted   .364 filled\n"
        "proved  03:12:05.243 new snapshot: perp 3.087 = 1.5 + 1.587;"
        " drift -3.00; ETH released\n"
        f"replay  counterpoise plan --at {ID}   raw: --json"
    )


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (IntentState.UNKNOWN, "OUTCOME UNKNOWN"),
        (IntentState.REJECTED, "rejected (-2019)"),
        (IntentState.ABSENT, "never arrived"),
        (IntentState.CANCELLED, "ended unfilled"),
    ],
)
def test_an_order_that_did_not_fill_says_what_became_of_it(state: IntentState, words: str) -> None:
    ended = replace(
        intent(),
        state=state,
        filled_size=D(0),
        price_average=None,
        fee=None,
        fee_asset=None,
        code="-2019" if state is IntentState.REJECTED else "",
    )
    told = printed(render_explain.rendered(replace(explanation(), intent=ended), 120))
    assert words in told
    assert "slippage" not in told.splitlines()[0]


def test_an_order_whose_cycle_is_gone_is_explained_as_far_as_it_goes() -> None:
    told = printed(render_explain.rendered(replace(explanation(), record=None, after=None), 120))
    assert "filled 1.587 at 3,400.37" in told
    assert "perp 3.087 = 1.5 + 1.587" in told


STATUS_LINES = """\
main   live   RUN, in band   cycle 2 s ago, 41 ms   up 12 d 4 h   v1.3.0   settings 9c1e04ab
value 181,550.00 USDT   net 103.17 %   leverage 0.76x of 3.0x   liquidation > 100 % away   \
funding 7d +14.60
asset       net  weight  target drift band state since
BTC     1.00000 52.33 % 50.00 % +2.33 5.00 ok    03:12:04Z
ETH    17.08700 32.00 % 35.00 % -3.00 5.00 ok    03:12:04Z corrected, cpmain000412x7k2
SOL   180.00000 18.84 % 15.00 % +3.84 5.00 ok    03:12:04Z widest
orders unsettled 0   alerts 0   today 1 order, 5,396 USDT of 500,000; cost 3.29   \
venue main ok 38 ms, skew +12 ms"""


def test_status_prints_the_worked_example() -> None:
    assert printed(render_status.rendered(document(), NOW_MS, 140), 140) == STATUS_LINES


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"written_at_ms": NOW_MS - 60_000}, "NO CYCLES"),
        ({"healthy": False}, "RUN, unhealthy"),
        ({"state": "halt", "healthy": False, "reason": "bad", "by": "me"}, "bad (me)"),
        ({"state": "pause", "reason": "lunch"}, "PAUSE, no order until resumed"),
        ({"alerts": ("SOL spread: wide",)}, "ALERT SOL spread: wide"),
        ({"channels": (CHANNEL,)}, "alerts 0, told to ops (hooks.example)"),
        (
            {"channels": (replace(CHANNEL, ok=False, failing_since_ms=NOW_MS, detail="HTTP 500"),)},
            "NOT TOLD to ops (hooks.example): 2 waiting since 03:12:04Z, 7 tries: HTTP 500",
        ),
        ({"alerts_dropped": 3}, "NOT TOLD to anybody: 3 alerts"),
        ({"heartbeat": HEART}, "HEARTBEAT does not reach hc.example: HTTP 404"),
        ({"unsettled": (ID,)}, f"orders unsettled 1 ({ID})"),
        ({"assets": (AssetStatus(asset="BTC", state="hold"),)}, "not all assets seen"),
        ({"value": None, "leverage": None, "net_exposure": None}, "value -"),
    ],
)
def test_status_says_what_is_not_well(change: dict[str, object], words: str) -> None:
    changed = replace(document(), **change)  # type: ignore[arg-type]
    assert words in printed(render_status.rendered(changed, NOW_MS, 120))


def test_orders_say_what_became_of_each() -> None:
    told = printed(render_orders.rendered([intent()], 140), 140)
    assert ID in told
    assert "ETH buy 1.587" in told
    assert "3,400.37" in told
    assert "1.1 bps" in told
    assert printed(render_orders.rendered([], 140)) == "No order yet."


def test_the_summary_of_a_demo_counts_what_it_did() -> None:
    summary = render_demo.Summary(
        intents=[intent()], records=[portfolio.record()], document=document()
    )
    told = printed(render_demo.summary(summary))
    assert "1 rebalance, 1 order, 1 filled; turnover 5,396 USDT, cost 3.29 USDT" in told
    assert "widest drift 5.97 points" in told
    assert "in band" in told


ANSWERS = {
    "plan": lambda width: render_plan.rendered(plan_view(), width),
    "quiet plan": lambda width: render_plan.rendered(plan_view(portfolio.quiet_record()), width),
    "explain": lambda width: render_explain.rendered(explanation(), width),
    "status": lambda width: render_status.rendered(document(), NOW_MS, width),
    "orders": lambda width: render_orders.rendered([intent()], width),
}


@pytest.mark.parametrize("width", WIDTHS[1:])
@pytest.mark.parametrize("name", ANSWERS)
def test_no_answer_is_wider_than_its_window_or_cut(name: str, width: int) -> None:
    told = printed(ANSWERS[name](width), width)
    assert max(map(len, told.splitlines())) <= width
    assert "…" not in told


@pytest.mark.parametrize("width", WIDTHS)
def test_a_narrow_window_loses_no_fact_of_a_plan(width: int) -> None:
    told = " ".join(printed(render_plan.rendered(plan_view(), width), width).split())
    for fact in ("181,550.00", "BUY 1.587", "3,410.20", "1.58706", "2.70 fee", "-5.97"):
        assert fact in told


def test_what_is_json_has_money_as_strings() -> None:
    facts = json.loads(as_json(render_plan.facts(plan_view())))
    assert facts["value"] == "181550"
    assert facts["assets"][1]["order"]["size"] == "1.587"
    raw = json.loads(as_json(render_explain.facts(explanation())))
    assert raw["intent"]["order"]["limit_price"] == "3410.2"
    assert raw["decided_on"]["plan"]["value"] == "181550"


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        ((), []),
        (("a", "b"), ["a   b"]),
        (("a;", "b"), ["a; b"]),
        (("a" * 8, "b" * 8), ["a" * 8, "b" * 8]),
        (("a" * 30,), ["a" * 30]),
    ],
)
def test_pieces_flow_and_are_never_broken(pieces: Iterable[str], lines: list[str]) -> None:
    assert flowed(pieces, 12) == lines


def test_an_asset_that_another_one_carries_is_not_called_out_of_band() -> None:
    carried = AssetStatus(
        asset="ALT",
        state="ok",
        reason="carried",
        detail="carried by BTC, beta 1.2, drift 0.2",
        since_ms=NOW_MS,
        net=D(10_000),
        weight=D("0.2"),
        target=D(0),
        drift=D("0.2"),
        band=D("0.05"),
    )
    status = replace(document(), assets=(*document().assets, carried))
    told = printed(render_status.rendered(status, NOW_MS, 160), 160)
    assert "ALT out of band" not in told
    assert "hedged with another's perpetual: carried by BTC, beta 1.2, drift 0.2" in told
