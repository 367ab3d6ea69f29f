"""The oracles of the scenarios over a whole run, and those that need its weather."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simulation.findings import Violation
from simulation.wire.bodies import POSITIONS
from simulation.wire.mangler import host_of
from tests.scenarios import oracles as scenarios

if TYPE_CHECKING:
    from simulation.wire.day import Day

# What an oracle of the scenarios is called in docs/safety.md.
NAMES = {
    "no_order_is_sent_twice": "I-7",
    "every_order_was_journaled_first": "I-2",
    "one_live_order_an_instrument": "I-1",
    "shrinking_orders_say_so": "I-14",
    "no_order_from_a_failed_read": "I-9",
    "dry_run_writes_nothing": "I-23",
    "no_secret_anywhere": "I-25",
    "the_books_agree": "I-30",
    "the_journal_holds_together": "I-1",
    "no_daemon_ends_by_itself": "I-17",
    "every_line_is_documented": "log",
}
AWAY = scenarios.no_order_leads_away
SETTLES_S = 16.0  # after the truth moved by itself, an order may rest on how it was


def judged(day: Day) -> None:
    """Ask every oracle."""
    world, findings = day.world, day.findings
    for request in day.mangler.spoilt:
        request.answer = None
    findings.orders = len(world.orders)
    findings.cycles = sum(request.name == POSITIONS for request in world.trace.requests)
    findings.simulated_s = world.loop.time() - world.started_s
    findings.taps = len(world.trace.taps)
    said = [
        (NAMES.get(oracle.__name__, oracle.__name__), words)
        for oracle in (*scenarios.ORACLES, *scenarios.OF_THE_JOURNAL)
        if oracle is not AWAY
        for words in oracle(world)
    ]
    said += [*_away(day), *_left_alone(day), *_alive(day)]
    findings.violations += [
        Violation(invariant=name, at_s=round(findings.simulated_s, 3), said=words)
        for name, words in said
    ]
    for request in world.trace.requests:
        findings.note(request.at_s, request.life, request.name, request.outcome)
    for order in world.orders:
        findings.note(order.at_s, order.client_order_id, order.quantity, order.price)


def _away(day: Day) -> Iterator[tuple[str, str]]:
    """No order leads away from its target, by the truth that it could rest on."""
    told = scenarios._told(day.world)  # noqa: SLF001 - one definition of what a person told
    for order in day.world.orders:
        moved = any(0 <= order.at_s - at_s < SETTLES_S for at_s in day.moved_s)
        if moved or order.client_order_id in told:
            continue
        truth = order.truth
        after = truth.drift + order.quantity
        if abs(after) > max(abs(truth.drift), truth.band + truth.lot):
            yield "I-4", f"{order.client_order_id} led from {truth.drift} to {after}"


def _left_alone(day: Day) -> Iterator[tuple[str, str]]:
    """Whoever asks to be left alone is, to the deadline, over restarts, if anybody heard it ask."""
    requests = day.world.trace.requests
    for asked, from_s, until_s in day.mangler.closed:
        if day.died_s.get(asked.life, from_s + 1) <= from_s:
            continue
        host = host_of(asked)
        while_closed = (r for r in requests if from_s < r.at_s < until_s - 0.001)
        early = [request for request in while_closed if host_of(request) == host]
        for request in early[:1]:
            yield "I-28", f"{request.name} {until_s - request.at_s:.1f} s early, of {len(early)}"


def _alive(day: Day) -> Iterator[tuple[str, str]]:
    if day.profile.dry_run:
        return
    if not day.world.in_band and not day.world.alerts():
        yield "I-17", "out of band in calm weather, and silent"
