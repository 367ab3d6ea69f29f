"""What others do on the account: trades, orders, copies of us, and the exchange's own closing."""

from __future__ import annotations

from decimal import Decimal

from counterpoise.core.state import Command
from simulation.scripts.whole import FIND, PLACE, POSITIONS, SPOT, Stage, staged
from tests.scenarios.config import Holding

D = Decimal
SHORT = {  # the hedge of half of what is held is there
    "BTC": Holding(held=D("1.2"), price=D(50_000), weight=D("0.4"), position=D("-0.4")),
    "ETH": Holding(held=D(16), price=D(2_500), weight=D("0.6"), position=D(8)),
}
LOOKED_S = 310  # after so long, the orders of the account were looked at again
NAMED = "cpscenario000999abcdef"  # as the daemon of this portfolio names its own


def _order(stage: Stage, name: str, *, price: str = "30000") -> None:
    stage.world.control(
        "POST",
        "order",
        symbol="BTCUSDT",
        side="BUY",
        quantity="0.02",
        price=price,
        client_order_id=name,
    )


def by_hand(stage: Stage) -> None:
    """See that a person's trade is left alone for the cooldown, over a restart, then corrected."""
    stage.calm()
    stage.world.trade_by_hand("ETH", D("2.5"))
    stage.quiet("E7", 2, "against a trade by hand")
    stage.world.restart()
    stage.quiet("E7", 2, "against a trade by hand, after a restart")
    rows = stage.world.rows("SELECT asset, cause, size FROM change")
    stage.claim("I-31", rows == [("ETH", "foreign", "2.500")], f"changes recorded: {rows}")
    stage.home(8, "after a trade by hand")
    stage.claim("I-5", stage.orders == 1, f"{stage.orders} orders")
    stage.world.trade_by_hand("ETH", D("2.5"))
    stage.world.fault("status", "GET /fapi/v1/userTrades", 60, status=503)
    stage.quiet("I-3", 8, "while nobody can say what moved a position")
    stage.world.heal()
    stage.world.run(60)
    stage.home(6, "once the trades can be read")


def resting(stage: Stage) -> None:
    """See that an order of somebody else is said, never touched, and in nobody's way."""
    _order(stage, "web_early")
    stage.calm()
    stage.claim("A2", stage.told(), "nobody is told of an order of others")
    _order(stage, "web_later")
    stage.world.run(LOOKED_S)
    said = [line["client_order_id"] for line in stage.world.lines("order.foreign")]
    stage.claim("A2", said == ["web_early", "web_later"], f"said of orders of others: {said}")
    stage.claim("A2", stage.account() == "run", f"others' orders: {stage.account()}")
    stage.world.trade_by_hand("ETH", D("2.5"))
    stage.home(10, "beside orders of others")
    posts = {one.name for one in stage.world.trace.requests if one.method != "GET"}
    stage.claim("I-32", posts == {PLACE}, f"it wrote {posts}")


def copied(stage: Stage) -> None:
    """See that an order named as ours, and not in the journal, halts; a person's word lifts it."""
    _order(stage, "cpscenario000998abcdef")  # from before this journal: nobody's copy
    stage.calm()
    stage.world.run(LOOKED_S)
    stage.claim("I-17", stage.account() == "run", f"an elder's order: {stage.account()}")
    _order(stage, NAMED)
    stage.world.run(LOOKED_S)
    stage.claim("A2", stage.account() == "halt", f"beside a copy: {stage.account()}")
    stage.world.trade_by_hand("ETH", D("2.5"))
    stage.quiet("A2", 8, "beside a copy")
    stage.world.restart()
    stage.quiet("A2", 2, "beside a copy, after a restart")
    stage.world.command(Command.RESUME)
    stage.home(10, "resumed beside a copy")
    stage.world.run(LOOKED_S)
    stage.claim("I-17", stage.account() == "run", f"the same copy again: {stage.account()}")


def copy_traded(stage: Stage) -> None:
    """See that a trade of an order named as ours, and not in the journal, halts at once."""
    stage.calm()
    stage.world.run(20)
    _order(stage, NAMED, price="52000")
    stage.world.cycles(3)
    stage.claim("A2", stage.account() == "halt", f"after a copy traded: {stage.account()}")
    stage.quiet("A2", 12, "after a copy traded")


def liquidated(stage: Stage) -> None:
    """See that what was liquidated waits for a person, over restarts; the other asset does not."""
    stage.calm()
    stage.world.control("POST", "force", symbol="BTCUSDT", kind="liquidation")
    stage.quiet("E8", 12, "after a liquidation")
    stage.world.restart()
    stage.quiet("E8", 12, "after a liquidation and a restart")
    stage.claim("I-18", stage.told(), "nobody is told of a liquidation")
    stage.world.command(Command.RESUME, asset="ETH")
    stage.quiet("E8", 3, "when another asset is resumed")
    stage.world.command(Command.RESUME, asset="BTC")
    stage.home(10, "resumed after a liquidation")


def deleveraged(stage: Stage) -> None:
    """See that what the exchange took to settle others waits for the cooldown alone."""
    stage.calm()
    stage.world.control("POST", "force", symbol="BTCUSDT", kind="deleveraging", quantity="0.2")
    stage.quiet("E7", 4, "after a deleveraging")
    stage.home(8, "after a deleveraging")


def withdrawn(stage: Stage) -> None:
    """See that a person's word for one asset counts once it can be seen, and for no other."""
    stage.calm()
    stage.world.balance("BTC", D(0))
    stage.quiet("I-10", 4, "from a balance of zero")
    stage.world.command(Command.RESUME, asset="ETH")
    stage.quiet("I-10", 3, "from a balance of zero, accepted for another asset")
    stage.world.command(Command.PAUSE)
    stage.world.fault("status", SPOT, 500, status=503)
    stage.world.cycles(1)
    stage.world.command(Command.RESUME, asset="BTC")
    stage.world.cycles(3)
    stage.world.heal()
    stage.quiet("I-26", 2, "while the account is paused")
    stage.claim("I-26", stage.account() == "pause", f"one asset resumed: {stage.account()}")
    stage.world.command(Command.RESUME)
    stage.home(8, "once it is accepted")


def accepted_early(stage: Stage) -> None:
    """See that no position is accepted while an order of it has no outcome: it counts once."""
    stage.calm()
    stage.world.fault("timeout-after", PLACE, 2, hold_s=1)
    stage.world.fault("status", FIND, 200, status=503)
    stage.jump()
    stage.world.cycles(2)
    for asset in ("BTC", "ETH"):
        stage.world.command(Command.RESUME, asset=asset)
    stage.world.cycles(3)
    stage.world.heal()
    stage.home(8, "accepted while an order had no outcome")
    stage.jump(50_000)
    stage.home(8, "and back")
    stage.claim("I-3", stage.world.reasons("BTC")[-1:] != ["position_unexplained"], "twice")


def unseen(stage: Stage) -> None:
    """See that no position is accepted that is not shown."""
    stage.calm()
    stage.world.trade_by_hand("BTC", D("-0.3"))
    stage.world.fault("status", POSITIONS, 9, status=503)
    stage.world.command(Command.RESUME, asset="BTC")
    stage.world.cycles(2)
    stage.world.heal()
    stage.home(10, "accepted unseen")


SCRIPTS = {
    **{act.__name__: staged(act) for act in (by_hand, resting, copied, copy_traded, unseen)},
    "accepted_early": staged(accepted_early),
    **{
        act.__name__: staged(act, {"holdings": SHORT})
        for act in (liquidated, deleveraged, withdrawn)
    },
}
