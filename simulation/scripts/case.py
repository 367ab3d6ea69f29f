"""One decision as a trap: what is shown and remembered, and the very orders that may follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext

from counterpoise.core.decision import Plan, Situation
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Order
from counterpoise.core.plan import plan
from counterpoise.core.policy.policy import Policy, Trigger
from counterpoise.core.snapshot import Snapshot
from counterpoise.core.state import AssetMemory
from counterpoise.core.units import CONTEXT
from simulation.findings import Violation
from tests.worlds import NOW_MS, Row, World

D = Decimal
COOLDOWN_MS = 300_000
NEUTRAL = World(  # everything is to be hedged away: short 10 of A, short 20 of B
    rows=(
        Row(asset="A", spot=D(10), price=D(100), weight=D("0.5"), size_step=D(1)),
        Row(asset="B", spot=D(20), price=D(50), weight=D("0.5"), size_step=D(1)),
    ),
    exposure=D(0),
    trigger=Trigger(cooldown_ms=COOLDOWN_MS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """All that a decision is made from."""

    snapshot: Snapshot
    situation: Situation
    policy: Policy

    def shown(self, **parts: object) -> Moment:
        """Return it with parts of the snapshot otherwise."""
        return replace(self, snapshot=replace(self.snapshot, **parts))  # type: ignore[arg-type]

    def now(self, **parts: object) -> Moment:
        """Return it with parts of the situation otherwise."""
        return replace(self, situation=replace(self.situation, **parts))  # type: ignore[arg-type]

    def wanted(self, **parts: object) -> Moment:
        """Return it with parts of the policy otherwise."""
        return replace(self, policy=replace(self.policy, **parts))  # type: ignore[arg-type]

    def limited(self, **limits: object) -> Moment:
        """Return it with other limits."""
        return self.wanted(limits=replace(self.policy.limits, **limits))  # type: ignore[arg-type]

    def triggered(self, **trigger: object) -> Moment:
        """Return it with another trigger."""
        return self.wanted(trigger=replace(self.policy.trigger, **trigger))  # type: ignore[arg-type]

    def remembered(self, asset: str = "A", /, **facts: object) -> Moment:
        """Return it with something remembered of an asset."""
        memories = dict(self.situation.memories)
        known = memories.get(Asset(asset), AssetMemory())
        memories[Asset(asset)] = replace(known, **facts)  # type: ignore[arg-type]
        return self.now(memories=memories)

    def without(self, part: str, asset: str = "A") -> Moment:
        """Return it with one part of an asset's perpetual not shown."""
        key = _key(self, asset)
        shown: Mapping[object, object] = getattr(self.snapshot, part)
        return self.shown(**{part: {k: v for k, v in shown.items() if k != key}})

    def altered(self, part: str, asset: str = "A", **facts: object) -> Moment:
        """Return it with facts of one part of an asset's perpetual otherwise."""
        key = _key(self, asset)
        shown: dict[object, object] = dict(getattr(self.snapshot, part))
        shown[key] = replace(shown[key], **facts)  # type: ignore[type-var]
        return self.shown(**{part: shown})

    def targeted(self, asset: str = "A", **facts: object) -> Moment:
        """Return it with something else wanted of an asset."""
        targets = tuple(
            replace(t, **facts) if t.asset == asset else t  # type: ignore[arg-type]
            for t in self.policy.targets
        )
        return self.wanted(targets=targets)

    def decided(self) -> Plan:
        """Decide."""
        return plan(self.snapshot, self.situation, self.policy)


def _key(moment: Moment, asset: str) -> object:
    return next(t.instrument for t in moment.policy.targets if t.asset == asset)


def of(world: World) -> Moment:
    """Return the moment of a world."""
    return Moment(snapshot=world.snapshot, situation=world.situation, policy=world.policy)


Ask = Callable[[Moment], Moment]
Found = Callable[[Plan], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A moment, and the size of the order that may follow for each asset; 0 is none."""

    name: str
    invariant: str
    make: Callable[[], Moment]
    sizes: Mapping[str, Decimal]
    also: Found = field(default=lambda _: True)


def judged(cases: Iterable[Case]) -> Sequence[Violation]:
    """Decide every case; return what was ordered and was not to be, and the other way round."""
    found = []
    with localcontext(CONTEXT.copy()):
        for case in cases:
            said = _judged(case)
            if said:
                found.append(Violation(invariant=case.invariant, at_s=0.0, said=said))
    return found


def _judged(case: Case) -> str:
    try:
        made = case.make().decided()
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing was decided
        return f"{case.name}: no decision at all, {error!r}"
    ordered = {str(order.asset): order.size for order in made.orders}
    sizes = {asset: size for asset, size in case.sizes.items() if size}
    if ordered != sizes:
        said = {str(h.asset): str(h.reason) for h in made.holds}
        return f"{case.name}: ordered {_plain(ordered)}, meant {_plain(sizes)}; holds {said}"
    if not case.also(made):
        return f"{case.name}: {[_order(order) for order in made.orders]}"
    return ""


def _plain(sizes: Mapping[str, Decimal]) -> dict[str, str]:
    return {asset: f"{size:f}" for asset, size in sizes.items()}


def _order(order: Order) -> str:
    shrinks = " reduce-only" if order.reduce_only else ""
    return f"{order.asset} {order.size:f} at {order.limit_price:f}{shrinks}"


def sizes(a: object, b: object = 0) -> dict[str, Decimal]:
    """Return the sizes that may be ordered of A and B."""
    return {"A": D(str(a)), "B": D(str(b))}


def after(asset: str = "A", /, **facts: object) -> Found:
    """Ask whether it is remembered so."""

    def also(made: Plan) -> bool:
        memory = made.memories[Asset(asset)]
        return all(getattr(memory, name) == value for name, value in facts.items())

    return also


def one(made: Plan, asset: str) -> Order:
    """Return the order of an asset."""
    return next(order for order in made.orders if order.asset == asset)


__all__ = [
    "COOLDOWN_MS",
    "NEUTRAL",
    "NOW_MS",
    "Case",
    "D",
    "Moment",
    "after",
    "judged",
    "of",
    "one",
    "sizes",
]
