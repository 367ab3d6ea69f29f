"""
What must be true of every world, whatever happened in it.

Each oracle reads the exchange's truth, the trace of the wire and the journal's file; none asks the
daemon. `check` runs all of them and names every breach.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

from counterpoise.core.orders import LIVE_STATES, Intent, IntentState, Rule
from counterpoise.exchange.orders import Origin, VenueOrder
from counterpoise.log_events import faults
from tests.scenarios.harness import World
from tests.sim.trace import Request, Sent

D = Decimal
SNAPSHOT_AGE_MAX_S = 10.0
RUN_LENGTH = 8  # so many characters of a secret in a row are a leak

Oracle = Callable[[World], Iterator[str]]


def no_order_is_sent_twice(world: World) -> Iterator[str]:
    """No client order id is on the wire twice, over all lives."""
    counts = Counter(order.client_order_id for order in world.orders)
    yield from (f"{key} was sent {count} times" for key, count in counts.items() if count > 1)


def every_order_was_journaled_first(world: World) -> Iterator[str]:
    """The row of an order, whole and as sent, was in the file when its first byte left."""
    rows = {
        row[0]: row[1:]
        for row in world.rows("SELECT client_order_id, symbol, size, limit_price FROM intent")
    }
    for order in world.orders:
        if order.journaled != IntentState.SENT:
            yield f"{order.client_order_id} left while the journal had it as {order.journaled!r}"
        symbol, size, price = rows.get(order.client_order_id, ("", "0", "0"))
        asset = world.protocol.asset(order.market_id)
        named = world.config.holdings[asset].perpetual(asset, world.config.dollar)
        same = (named, order.size, order.price)
        if (symbol, D(str(size)), D(str(price))) != same:
            yield f"{order.client_order_id} left as {same}, recorded as {symbol} {size} at {price}"


def one_live_order_an_instrument(world: World) -> Iterator[str]:
    """When an order leaves, nothing else of its instrument may still trade, by file or venue."""
    for order in world.orders:
        if order.live_in_journal != (order.client_order_id,):
            yield f"{order.client_order_id} left beside live {order.live_in_journal}"
        if order.live_at_venue:
            yield f"{order.client_order_id} left while {order.live_at_venue} could still trade"


def no_order_leads_away(world: World) -> Iterator[str]:
    """
    No order makes the true distance to the target larger, beyond one lot and the band.

    What a person told the daemon to do is theirs to judge.
    """
    told = _told(world)
    for order in world.orders:
        if order.client_order_id in told:
            continue
        truth = order.truth
        before, after = truth.drift, truth.drift + order.quantity
        if abs(after) > max(abs(before), truth.band + truth.lot):
            yield f"{order.client_order_id} led from {before} to {after}, band {truth.band}"


def shrinking_orders_say_so(world: World) -> Iterator[str]:
    """
    What goes against the true position is reduce-only and does not pass zero.

    In hedge mode that is the opposite side, whatever the two come to.
    """
    for order in world.orders:
        sides = (side for side in order.truth.sides if side * order.quantity < 0)
        position = next(sides, D(0))
        against = position != 0
        if against and not order.reduce_only:
            yield f"{order.client_order_id} of {order.quantity} against {position} may open"
        if against and abs(order.quantity) > abs(position):
            yield f"{order.client_order_id} of {order.quantity} passes zero from {position}"


def no_order_from_a_failed_read(world: World) -> Iterator[str]:
    """When an order leaves, the last answer to each kind of read was whole, and is fresh."""
    for order in world.orders:
        inverse = [asset for asset in world.config.holdings if world.inverse(asset)]
        linear = [asset for asset in world.config.holdings if asset not in inverse]
        for name in world.protocol.reads_of(linear, inverse):
            last = _last_answer(world, name, order)
            if last is None or not last.whole:
                yield f"{order.client_order_id} left after {name} had failed: {last}"
            elif order.at_s - last.at_s > SNAPSHOT_AGE_MAX_S:
                yield f"{order.client_order_id} left {order.at_s - last.at_s} s after {name}"


def _last_answer(world: World, name: str, order: Sent) -> Request | None:
    asked = (
        request
        for request in reversed(world.trace.requests)
        if request.name == name and request.life == order.life and request.at_s <= order.at_s
    )
    return next(asked, None)


def the_books_agree(world: World) -> Iterator[str]:
    """What the journal says was filled is what the exchange filled; the rest is foreign."""
    if world.config.mode == "dry-run":
        return  # what it says was filled is made up
    venue = world.exchange.venue
    executed: dict[str, Decimal] = {}
    for order in venue.engine.ledger.orders.values():
        if order.request.origin is Origin.CLIENT:
            key = world.protocol.named(order.request.client_order_id)
            executed[key] = executed.get(key, D(0)) + _signed(order)
    known = {str(intent.client_order_id): intent for intent in world.intents()}
    yield from (
        f"{key} is on the exchange and not in the journal" for key in executed.keys() - known
    )
    for key, intent in known.items():
        yield from _agrees(intent, executed.get(key))
    for asset in world.config.holdings:
        yield from _adds_up(world, asset)


def _agrees(intent: Intent, executed: Decimal | None) -> Iterator[str]:
    if intent.state in LIVE_STATES:
        return
    if intent.filled_size != (executed or D(0)):
        yield f"{intent.client_order_id}: {intent.filled_size} recorded, {executed} executed"
    if intent.state is IntentState.ABSENT and executed is not None:
        yield f"{intent.client_order_id} was called absent, and exists"


def _adds_up(world: World, asset: str) -> Iterator[str]:
    """The position is our fills plus everybody else's."""
    listing = world.listing(asset)
    orders = [
        order
        for order in world.exchange.venue.engine.ledger.orders.values()
        if order.request.listing is listing
    ]
    ours = sum((_signed(o) for o in orders if o.request.origin is Origin.CLIENT), D(0))
    foreign = sum((_signed(o) for o in orders if o.request.origin is not Origin.CLIENT), D(0))
    size = sum(world.sizes(asset), D(0))
    if size != ours + foreign:
        yield f"{asset}: {size} is not {ours} of ours and {foreign} of others"


def _signed(order: VenueOrder) -> Decimal:
    """Return what was executed, in the instrument's unit, bought positive."""
    return order.executed * order.request.side.sign * order.request.listing.contract_size


def _told(world: World) -> frozenset[str]:
    rows = world.rows("SELECT client_order_id FROM intent WHERE rule = ?", Rule.OPERATOR)
    return frozenset(str(row[0]) for row in rows)


def dry_run_writes_nothing(world: World) -> Iterator[str]:
    """In dry-run nothing but GET is on the wire; in any mode nothing but orders is written."""
    for request in world.trace.requests:
        writes = request.method != "GET" and request.path not in world.protocol.asked_by_post
        if writes and (world.config.mode == "dry-run" or request.path not in world.protocol.places):
            yield f"{request.name} in {world.config.mode}"


def no_secret_anywhere(world: World) -> Iterator[str]:
    """No file that the daemon wrote, no line and no error holds a secret in any spelling."""
    texts = {"the log": world.log.getvalue()}
    texts |= {f"error {number}": _whole(error) for number, error in enumerate(world.errors)}
    for path in _files(world.folder):
        texts[path.name] = path.read_bytes().decode("latin-1")
    for where, text in texts.items():
        if "signature=" in text:
            yield f"{where} has a signed URL"
        for secret in world.config.secrets:
            yield from (f"{where} has {part!r}" for part in _parts(secret) if part in text)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _parts(secret: str) -> Iterator[str]:
    yield from (secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode())
    for start in range(len(secret) - RUN_LENGTH + 1):
        yield secret[start : start + RUN_LENGTH]


def _whole(error: BaseException | None) -> str:
    """Return an error with its words and all that hangs on it."""
    found: list[str] = []
    while error is not None and len(found) < 50:
        found.append(f"{error!r} {error} {vars(error)}")
        error = error.__cause__ or error.__context__
    return "\n".join(found)


def every_line_is_documented(world: World) -> Iterator[str]:
    """Each line of the log is one JSON object with the keys that are promised."""
    for line in world.log.getvalue().splitlines():
        try:
            parsed = json.loads(line)
        except ValueError:
            yield f"no JSON: {line}"
            continue
        yield from (f"{fault}: {line}" for fault in faults(parsed))


def the_journal_holds_together(world: World) -> Iterator[str]:
    """The file is whole, and no live intent shares an instrument with another."""
    if world.rows("PRAGMA integrity_check") not in ([("ok",)], []):
        yield "the journal is damaged"
    live = Counter(i.order.instrument for i in world.intents() if i.state in LIVE_STATES)
    yield from (f"{key} has {count} live intents" for key, count in live.items() if count > 1)


def no_daemon_ends_by_itself(world: World) -> Iterator[str]:
    """A loop ends when it is told to, unless a start was refused and the scenario says so."""
    for number, life in enumerate(world.lives, start=1):
        if life.failure is not None and not world.may_end:
            yield f"life {number} ended: {life.failure!r}"


ORACLES: tuple[Oracle, ...] = (
    no_daemon_ends_by_itself,
    no_order_is_sent_twice,
    every_order_was_journaled_first,
    one_live_order_an_instrument,
    no_order_leads_away,
    shrinking_orders_say_so,
    no_order_from_a_failed_read,
    dry_run_writes_nothing,
    no_secret_anywhere,
    every_line_is_documented,
)
OF_THE_JOURNAL: tuple[Oracle, ...] = (the_books_agree, the_journal_holds_together)


def breaches(world: World) -> list[str]:
    """Return everything that an oracle has to say."""
    asked = ORACLES
    if world.journal_readable:
        asked += OF_THE_JOURNAL
    return [
        f"{oracle.__name__}: {said}"
        for oracle in asked
        if oracle.__name__ not in world.excused
        for said in oracle(world)
    ]


def check(world: World) -> None:
    """Fail with every breach."""
    found = breaches(world)
    assert not found, "\n".join(found)
