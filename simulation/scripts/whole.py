"""A whole daemon through ccxt on the local exchange, from its settings file on, for one script."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import localcontext
from typing import cast

import asyncio_throttle.throttler

from counterpoise.core.units import CONTEXT
from counterpoise.ports import HttpResponse
from simulation.findings import Violation
from simulation.folders import folder
from tests.scenarios.harness import D, World, WorldConfig
from tests.scenarios.oracles import breaches
from tests.sim.trace import Request
from tests.sim.virtual import loop_time

INVARIANTS = {  # of the oracles that every world is asked at its end
    "no_daemon_ends_by_itself": "I-17",
    "no_order_is_sent_twice": "I-7",
    "every_order_was_journaled_first": "I-2",
    "one_live_order_an_instrument": "I-1",
    "no_order_leads_away": "I-5",
    "shrinking_orders_say_so": "I-14",
    "no_order_from_a_failed_read": "I-9",
    "dry_run_writes_nothing": "I-23",
    "no_secret_anywhere": "I-25",
    "every_line_is_documented": "X6",
    "the_books_agree": "I-30",
    "the_journal_holds_together": "I-30",
}
PLACE = "POST /fapi/v1/order"
FIND = "GET /fapi/v1/order"
SPOT, POSITIONS = "GET /api/v3/account", "GET /fapi/v3/positionRisk"
MARKS, BOOKS = "GET /fapi/v1/premiumIndex", "GET /fapi/v1/ticker/bookTicker"
MARGIN = "GET /fapi/v3/account"
READS = (SPOT, POSITIONS, MARKS, BOOKS, MARGIN)
JUMP = D(60_000)  # of 50,000: BTC and ETH leave their bands


@dataclass(slots=True)
class Stage:
    """One world, and what was found wrong in it."""

    world: World
    said: list[Violation] = field(default_factory=list)

    def claim(self, invariant: str, holds: object, said: str) -> None:
        """Note what does not hold."""
        if not holds:
            at_s = self.world.loop.time() - self.world.started_s
            self.said.append(Violation(invariant=invariant, at_s=round(at_s, 3), said=said))

    def calm(self) -> None:
        """Start, and look once: there is nothing to do."""
        self.world.start().cycles(2)
        self.claim("I-19", not self.world.orders, "ordered in balance")

    def jump(self, price: object = JUMP) -> None:
        """Move the price of BTC, so that orders are due."""
        self.world.price("BTC", D(str(price)))

    def quiet(self, invariant: str, cycles: int, said: str) -> None:
        """Let cycles pass in which nothing may be sent."""
        before = self.orders
        self.world.cycles(cycles)
        found = self.orders - before
        self.claim(invariant, found == 0, f"{found} orders {said}")

    def home(self, cycles: int, said: str, invariant: str = "I-17") -> None:
        """Let cycles pass in which everything must come right."""
        self.world.cycles(cycles)
        self.claim(invariant, self.world.on_target, f"not on target {said}: {self.where()}")

    def where(self) -> str:
        """Return how far each asset is from its goal."""
        assets = self.world.config.holdings
        return ", ".join(f"{asset} {self.world.truth(asset).drift:f}" for asset in assets)

    @property
    def orders(self) -> int:
        """Return how many orders left."""
        return len(self.world.orders)

    def asked(self, since: int = 0) -> int:
        """Return how many requests left since there were so many."""
        return len(self.world.trace.requests) - since

    def states(self) -> list[object]:
        """Return the state of each order in the journal's file, oldest first."""
        return [row[0] for row in self.world.rows("SELECT state FROM intent ORDER BY sequence")]

    def account(self) -> object:
        """Return the last state of the account in the journal's file."""
        rows = self.world.rows("SELECT state FROM control ORDER BY number DESC LIMIT 1")
        return rows[0][0] if rows else "run"

    def told(self) -> bool:
        """Say whether the status document shows that something is the matter."""
        return bool(self.world.alerts()) or self.world.status()["state"] != "run"

    def answers(self, name: str, change: Callable[[HttpResponse], HttpResponse]) -> None:
        """Change every answer to `name`, whatever its status; the truth stays as it is."""

        def mangled(request: Request, response: HttpResponse) -> HttpResponse:
            return change(response) if request.name == name else response

        self.world.around.mangles.append(mangled)


Act = Callable[[Stage], None]


def staged(
    act: Act, config: Mapping[str, object] | None = None
) -> Callable[[], Sequence[Violation]]:
    """Return a script of an act: a world, what happens in it, and every oracle at its end."""

    def script() -> Sequence[Violation]:
        vars(asyncio_throttle.throttler)["time"] = loop_time()
        with localcontext(CONTEXT.copy()), folder() as path:
            made = WorldConfig(**cast("dict[str, object]", config or {}))  # type: ignore[arg-type]
            stage = Stage(World(path, made))
            try:
                _acted(stage, act)
            finally:
                stage.world.close()
            return stage.said

    return script


def _acted(stage: Stage, act: Act) -> None:
    try:
        act(stage)
    except Exception as error:  # noqa: BLE001 - whoever cannot be staged does not live on
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{act.__name__} came to an end: {error!r} in {where.name}"
        stage.claim("I-17", holds=False, said=said)
    for said in breaches(stage.world):
        name, _, words = said.partition(": ")
        stage.claim(INVARIANTS.get(name, "I-17"), holds=False, said=words)
