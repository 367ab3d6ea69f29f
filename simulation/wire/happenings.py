"""What happens around a daemon on the wire: markets, people, the machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

from counterpoise.core.state import Command
from counterpoise.core.units import down_to

if TYPE_CHECKING:
    from simulation.wire.day import Day

D = Decimal


def _asset(day: Day, draw: Random) -> str:
    return draw.choice(tuple(day.world.config.holdings))


def _share(draw: Random, low: float, high: float) -> Decimal:
    return D(str(round(draw.uniform(low, high), 4)))


def _jump(day: Day, draw: Random) -> None:
    asset = _asset(day, draw)
    price = day.world.truth(asset).price * (1 + _share(draw, -0.08, 0.08))
    day.world.price(asset, down_to(price, D("0.0001") if price < 10 else D("0.1")))
    day.moved_s.append(day.world.loop.time())


def _hand(day: Day, draw: Random) -> None:
    asset = _asset(day, draw)
    truth = day.world.truth(asset)
    wanted = truth.position + truth.held * _share(draw, -0.2, 0.2)
    day.world.trade_by_hand(asset, down_to(wanted, truth.lot))
    day.moved_s.append(day.world.loop.time())


def _deposit(day: Day, draw: Random) -> None:
    asset = _asset(day, draw)
    held = day.world.truth(asset).held * _share(draw, 0.8, 1.3)
    day.world.balance(asset, down_to(held, D("0.00001")))
    day.moved_s.append(day.world.loop.time())


def _crash(day: Day, _: Random) -> None:
    day.crash()


def _freeze(day: Day, draw: Random) -> None:
    day.world.loop.jump(draw.choice((5.0, 30.0, 300.0)))


def _step(day: Day, draw: Random) -> None:
    day.world.around.clock.offset_ms = draw.choice((0, 700, -700, 60_000, -60_000, 3_600_000))


def _pause(day: Day, _: Random) -> None:
    day.tell(Command.PAUSE)
    day.halted = True


def _resume(day: Day, _: Random) -> None:
    if day.halted:
        day.tell(Command.RESUME)
        day.halted = False


HAPPENINGS: Mapping[str, Callable[[Day, Random], None]] = {
    "price.jump": _jump,
    "account.hand": _hand,
    "account.deposit": _deposit,
    "process.crash": _crash,
    "process.freeze": _freeze,
    "clock.step": _step,
    "operator.pause": _pause,
    "operator.resume": _resume,
}
