"""Take out every rule of a module, one at a time, and see which script or seed notices."""

from __future__ import annotations

import importlib
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from simulation import scripts
from simulation.battery import trials
from simulation.sweeping.coverage import Reach, in_child, reach
from simulation.sweeping.cuts import Cut, cuts
from simulation.sweeping.graft import grafted, parsed, path_of
from simulation.sweeping.modules import MODULES, REMOVALS

RECORD_WITHIN_S = 300.0
NEAR_WITHIN_S = 300.0
SPARE_S = 20.0
SAID_MAX = 200
GROUPS: Mapping[str, scripts.Subjects] = {  # by where a module is: the scripts that look there
    "core.alert_kinds": scripts.GUARDS,
    "core.foreign": (*scripts.GUARDS, *scripts.DECISIONS),
    "core.multiples": scripts.GATEWAYS,
    "core.margin": (*scripts.GUARDS, *scripts.DECISIONS),
    "core.notice": scripts.GUARDS,
    "core.schedule": scripts.GUARDS,
    "core.snapshot": (*scripts.DECISIONS, *scripts.GATEWAYS),
    "core.units": (*scripts.DECISIONS, *scripts.GATEWAYS),
    "core.": scripts.DECISIONS,
    "venues.shadow": (*scripts.GATEWAYS, *scripts.DAEMONS),
    "venues.": scripts.GATEWAYS,
    "bootstrap.mandate": scripts.GUARDS,
    "bootstrap.assembly": (*scripts.GUARDS, *scripts.DAEMONS),
    "bootstrap.telling": (*scripts.GUARDS, *scripts.DAEMONS),
    "bootstrap.": scripts.GATEWAYS,
    "journal.": scripts.JOURNALS,
    "alerts.": scripts.GUARDS,
    "config.": scripts.GUARDS,
    "redaction": (*scripts.GUARDS, *scripts.GATEWAYS),
    "hardening": scripts.GUARDS,
    "clock": scripts.GUARDS,
    "logs": scripts.GUARDS,
    "holds": (*scripts.GUARDS, *scripts.DAEMONS),
    "alarm": (*scripts.GUARDS, *scripts.DAEMONS),
    "announcer": (*scripts.GUARDS, *scripts.DAEMONS),
    "paging": (*scripts.GUARDS, *scripts.DAEMONS),
    "inquiry": (*scripts.GUARDS, *scripts.DAEMONS),
    "naming": (*scripts.GUARDS, *scripts.DAEMONS),
    "": scripts.DAEMONS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of one cut."""

    module: str
    cut: str
    inside: str
    fate: str  # killed, crashed, hung, survived, unreached
    trial: str = ""
    said: str = ""
    cpu_s: float = 0.0


@dataclass(slots=True, kw_only=True)
class Sweep:
    """Which of the battery reaches what, where that was recorded, and what has caught what."""

    reaches: Mapping[str, Reach] = field(default_factory=dict)
    budget_s: float = 20.0  # for one cut: of trials beyond it none is begun
    caught: Counter[tuple[str, str]] = field(default_factory=Counter)  # by function and trial

    def ordered(self, module: str, cut: Cut) -> list[str]:
        """Return the trials for a cut: first what caught its neighbours, and sees most."""
        where = f"{module} {cut.inside}"
        if not self.reaches:
            return sorted(near(module), key=lambda name: -self.caught[where, name])
        file = str(path_of(module))
        span = {(file, line) for line in range(cut.first, cut.last + 1)}
        around = {(file, line) for line in range(cut.around[0], cut.around[1] + 1)}
        found = [r for r in self.reaches.values() if not cut.inside or not span.isdisjoint(r.lines)]

        def worth(one: Reach) -> tuple[int, int, float]:
            return -self.caught[where, one.trial], -len(around & one.lines), one.cpu_s

        return self._afforded(sorted(found, key=worth))

    def _afforded(self, found: Sequence[Reach]) -> list[str]:
        names: list[str] = []
        spent_s = 0.0
        for one in found:
            spent_s += one.cpu_s
            if names and spent_s > self.budget_s:
                break
            names.append(one.trial)
        return names

    def fates(self, module: str, numbers: Iterable[int]) -> Iterator[Fate]:
        """Try cuts of a module, by number."""
        made = cuts(parsed(module))
        for number in numbers:
            cut = made[number]
            unseen = Fate(module=module, cut=cut.name, inside=cut.inside, fate="unreached")
            names = self.ordered(module, cut)
            fate = unseen
            if names:
                work = partial(_tried, unseen, number, names)
                found = in_child(work, self._within_s(names))
                fate = found or replace(unseen, fate="hung")
            if fate.fate == "killed":
                self.caught[f"{module} {cut.inside}", fate.trial] += 1
            yield fate

    def _within_s(self, names: Sequence[str]) -> float:
        if not self.reaches:
            return NEAR_WITHIN_S
        return SPARE_S + 4 * sum(self.reaches[name].cpu_s for name in names)


def near(module: str) -> list[str]:
    """Return the scripts that look at the layer of a module."""
    return list(scripts.named(next(g for name, g in GROUPS.items() if module.startswith(name))))


def _tried(fate: Fate, number: int, names: Sequence[str]) -> Fate:
    """Make a cut in this process, and run trials until one notices."""
    began_s, crashed = time.process_time(), ""
    try:
        grafted(fate.module, number)
    except Exception as error:  # noqa: BLE001 - a module that cannot be loaded at all
        return replace(fate, fate="crashed", said=repr(error)[:SAID_MAX])
    runs = importlib.import_module("simulation.battery").trials()
    for name in names:
        try:
            found = runs[name]()
        except Exception as error:  # noqa: BLE001 - whatever the missing rule lets through
            crashed = crashed or f"{name}: {error!r}"
            continue
        spent_s = time.process_time() - began_s
        for violation in found:
            said = str(violation)[:SAID_MAX]
            if violation.invariant != "harness":
                return replace(fate, fate="killed", trial=name, said=said, cpu_s=spent_s)
            crashed = crashed or f"{name}: {said}"
    spent_s = time.process_time() - began_s
    end = "crashed" if crashed else "survived"
    return replace(fate, fate=end, said=crashed[:SAID_MAX], cpu_s=spent_s)


def recorded() -> dict[str, Reach]:
    """Run the whole battery once. Raises RuntimeError where it is not clean."""
    found = {}
    for name, run in trials().items():
        one = in_child(partial(reach, name, run), RECORD_WITHIN_S)
        if one is None or one.said:
            raise RuntimeError(f"{name} is not clean: {one and one.said}")
        found[name] = one
    return found


def chosen(module: str, *, everything: bool) -> Sequence[int]:
    """Return the numbers of the cuts of a module that are to be tried."""
    return [
        number
        for number, cut in enumerate(cuts(parsed(module)))
        if everything or cut.kind.startswith(REMOVALS)
    ]


def swept(
    modules: Sequence[str], *, near: bool, everything: bool, budget_s: float
) -> Iterator[str]:
    """Sweep modules, and yield a line for each cut that is not killed and one for each module."""
    sweep = Sweep(reaches={} if near else recorded(), budget_s=budget_s)
    for module in modules or MODULES:
        fates: Counter[str] = Counter()
        for fate in sweep.fates(module, chosen(module, everything=everything)):
            fates[fate.fate] += 1
            if fate.fate != "killed":
                yield f"{fate.fate} {module} {fate.inside} {fate.cut} {fate.said}"
        yield f"{module}: {', '.join(f'{count} {name}' for name, count in sorted(fates.items()))}"
