"""No order waits for a log line, and every line stands in the order in which things happened."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

import pytest

from counterpoise.core.instrument import Asset, InstrumentKey, Symbol, VenueName
from counterpoise.core.orders import (
    ClientOrderId,
    Intent,
    IntentState,
    Order,
    OrderReport,
    Rule,
    VenueStatus,
)
from counterpoise.errors import Rejected
from counterpoise.executor import Executor, Outside
from counterpoise.ports import CycleRecord, VenueLimits
from tests.fakes import FakeClock

MAIN = VenueName("main")
TURNS_OF_THE_LOOP = 5  # that a real request takes at least, from connection to answer


@dataclass
class Story:
    """What happened, in order; stands in for venue, journal and log."""

    turns: int = TURNS_OF_THE_LOOP
    refusing: bool = False
    told: list[str] = field(default_factory=list)

    async def place(self, intent: Intent) -> OrderReport:
        self.told.append(f"placed {intent.order.asset}")
        for _ in range(self.turns):
            await asyncio.sleep(0)
        if self.refusing:
            raise Rejected("too small", code="-4164")
        return OrderReport(
            client_order_id=intent.client_order_id,
            venue_order_id="1",
            status=VenueStatus.FILLED,
            filled_size=intent.order.size,
            price_average=intent.order.mark_price,
            at_ms=None,
        )

    async def record_intents(
        self, record: CycleRecord, orders: Sequence[Order], expires_at_ms: Mapping[VenueName, int]
    ) -> tuple[Intent, ...]:
        return tuple(
            Intent(
                client_order_id=ClientOrderId(f"cp{number}"),
                sequence=number,
                cycle=1,
                order=order,
                state=IntentState.SENT,
                sent_at_ms=0,
                expires_at_ms=expires_at_ms[MAIN],
            )
            for number, order in enumerate(orders)
        )

    async def record_outcome(self, intent: Intent) -> None:
        self.told.append(f"recorded {intent.state}")

    def info(self, event: str, **facts: object) -> None:
        self.told.append(f"said {event} {facts['asset']}")

    error = info


@dataclass
class Decided:
    """As much of a cycle record as an executor looks at."""

    orders: tuple[Order, ...]

    @property
    def plan(self) -> Decided:
        return self


def executed(story: Story, *assets: str) -> tuple[Intent, ...]:
    limits = VenueLimits(receive_window_ms=5_000, skew_max_ms=1_000, visibility_lag_ms=4_000)
    parts: dict[str, Any] = {"gateways": {MAIN: story}, "journal": story, "log": story}
    outside = Outside(limits={MAIN: limits}, clock=FakeClock(), **parts)
    record = cast("CycleRecord", Decided(tuple(order(asset) for asset in assets)))
    return asyncio.run(Executor(outside).execute(record))


def order(asset: str) -> Order:
    return Order(
        asset=Asset(asset),
        instrument=InstrumentKey(f"main:{asset}/USDT:USDT"),
        symbol=Symbol(f"{asset}/USDT:USDT"),
        size=Decimal(1),
        limit_price=Decimal(100),
        mark_price=Decimal(100),
        notional=Decimal(100),
        reduce_only=False,
        rule=Rule.DRIFT,
        position_before=Decimal(0),
        completes=True,
    )


def test_every_order_is_on_its_way_before_the_first_line_is_written() -> None:
    story = Story()
    executed(story, "BTC", "ETH", "XRP")
    assert story.told[:3] == ["placed BTC", "placed ETH", "placed XRP"]
    assert [line for line in story.told if line.startswith("said")] == [
        "said order.sent BTC",
        "said order.sent ETH",
        "said order.sent XRP",
    ]


@pytest.mark.parametrize("turns", [0, 1, 2, TURNS_OF_THE_LOOP])
def test_an_order_is_said_once_and_before_its_outcome(turns: int) -> None:
    story = Story(turns=turns)
    executed(story, "BTC")
    assert story.told == ["placed BTC", "said order.sent BTC", "recorded filled"]


@pytest.mark.parametrize("turns", [0, TURNS_OF_THE_LOOP])
def test_a_refused_order_is_said_before_its_refusal(turns: int) -> None:
    story = Story(turns=turns, refusing=True)
    (intent,) = executed(story, "BTC")
    assert intent.state is IntentState.REJECTED
    assert story.told == [
        "placed BTC",
        "said order.sent BTC",
        "recorded rejected",
        "said order.rejected BTC",
    ]
