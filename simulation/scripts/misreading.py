"""Reads that fail, lie or contradict each other, seen by a whole daemon."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

from simulation.scripts.whole import (
    BOOKS,
    MARGIN,
    MARKS,
    POSITIONS,
    READS,
    SPOT,
    Stage,
    staged,
)
from tests.scenarios.config import Holding

D = Decimal


LISTING = "GET /fapi/v1/exchangeInfo"


HEDGED_AWAY = {
    "BTC": Holding(held=D("1.2"), price=D(50_000), weight=D("0.4"), position=D("-1.2")),
    "ETH": Holding(held=D(16), price=D(2_500), weight=D("0.6"), position=D(-16)),
}


def zeros(stage: Stage) -> None:
    """See that a balance of zero, or one left out, orders nothing for as long as it lasts."""
    stage.calm()
    changes: tuple[Callable[[bytes], bytes], ...] = (_balance("free", "0"), _balance("asset", None))
    for change in changes:
        stage.world.mangle(SPOT, change)
        stage.quiet("I-10", 8, "from a balance that is no balance")
        stage.jump(60_000)
        stage.quiet("I-10", 4, "after a price moved")
        stage.claim("I-18", stage.told(), "nobody is told")
        stage.jump(50_000)
        stage.world.heal()
        stage.world.cycles(2)
    stage.world.restart()
    stage.world.mangle(SPOT, changes[0])
    stage.quiet("I-10", 4, "from a zero after a restart")


def _balance(field: str, value: object) -> Callable[[bytes], bytes]:
    def changed(body: bytes) -> bytes:
        said = json.loads(body)
        rows = [row for row in said["balances"] if row["asset"] == "ETH" or field != "asset"]
        if field == "asset":
            said["balances"] = [row for row in said["balances"] if row["asset"] != "ETH"]
        else:
            for row in rows:
                if row["asset"] == "ETH":
                    row[field] = value
        return json.dumps(said).encode()

    return changed


def blind(stage: Stage) -> None:
    """While any one kind of read fails, nothing is sent from what is left; then all is well."""
    stage.calm()
    stage.world.fault("status", MARGIN, 5, status=502)
    for name in READS:
        if name == MARGIN:
            continue
        for kind, more in (("status", {"status": 502}), ("html", {}), ("empty", {})):
            if kind == "empty" and name == POSITIONS:
                continue  # no position is an answer
            stage.world.fault(kind, name, 500, **more)
            stage.jump()
            stage.quiet("I-9", 3, f"with {kind} for {name}")
            stage.jump(50_000)
            stage.world.heal()
            stage.world.cycles(1)
    stage.jump()
    stage.home(3, "once all can be read")


def misled(stage: Stage) -> None:
    """Positions worth another amount, prices that contradict each other, old prices: no order."""
    stage.calm()
    for name, change in (
        (MARKS, _rows("markPrice", "75000")),
        (MARKS, _rows("time", 1_600_000_000_000)),
        (BOOKS, _rows("bidPrice", "50000")),
    ):
        stage.world.mangle(name, change)
        stage.jump()
        stage.quiet("I-9", 3, f"with {name} wrong")
        stage.jump(50_000)
        stage.world.heal()
        stage.world.cycles(1)
    stage.jump()
    stage.home(3, "once all is right")
    stage.world.mangle(POSITIONS, _rows("notional", "5"))
    stage.jump(50_000)
    stage.quiet("I-34", 4, "with a contract of another size")


def _rows(field: str, value: object) -> Callable[[bytes], bytes]:
    def changed(body: bytes) -> bytes:
        rows = json.loads(body)
        for row in rows:
            if row.get("symbol") == "BTCUSDT":
                row[field] = value
        return json.dumps(rows).encode()

    return changed


def flat(stage: Stage) -> None:
    """See that a position that vanishes without a trade is not opened again."""
    stage.calm()
    stage.jump()
    stage.home(3, "after a price moved")
    stage.world.mangle(POSITIONS, lambda _: b"[]")
    stage.quiet("I-3", 40, "on an empty list of positions")
    stage.claim("I-18", stage.told(), "nobody is told")


def one_of_two(stage: Stage) -> None:
    """See that what holds one asset holds no other, where the other needs nothing of it."""
    stage.calm()
    stage.world.mangle(BOOKS, _rows("bidPrice", "1"))
    stage.world.mangle(MARKS, _rows("indexPrice", "1"))
    stage.world.balance("BTC", D(2))
    stage.world.balance("ETH", D(20))
    stage.world.cycles(4)
    eth = stage.world.truth("ETH")
    stage.claim("I-38", abs(eth.drift) < 2 * eth.lot, f"ETH is {eth.drift} off")
    sent = [one for one in stage.world.orders if one.market_id == "BTCUSDT"]
    stage.claim("I-9", not sent, f"{len(sent)} orders of BTC")


def new_terms(stage: Stage) -> None:
    """See that a contract whose terms change is left alone until a person looks."""
    stage.calm()

    def changed(body: bytes) -> bytes:
        return body.replace(b'"stepSize":"0.001"', b'"stepSize":"0.01"')

    stage.world.mangle(LISTING, changed)
    stage.world.run(3_700)
    stage.jump()
    stage.quiet("I-33", 2, "under changed terms")
    stage.world.restart()
    stage.quiet("I-33", 2, "under changed terms after a restart")
    stage.claim("I-18", stage.told(), "nobody is told")


def settling(stage: Stage) -> None:
    """See that a contract that the venue does not trade any more is left alone."""
    stage.calm()
    stage.world.mangle(LISTING, lambda body: body.replace(b'"TRADING"', b'"SETTLING"'))
    stage.world.run(3_700)
    stage.jump()
    stage.quiet("E3", 2, "of a contract that is settling")


COARSE = {"interval_s": 60}
SCRIPTS = {
    **{act.__name__: staged(act) for act in (zeros, blind, misled, flat)},
    "one_of_two": staged(one_of_two, {"exposure": D(0), "holdings": HEDGED_AWAY}),
    "new_terms": staged(new_terms, COARSE),
    "settling": staged(settling, COARSE),
}
