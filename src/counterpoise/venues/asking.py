"""One request and its strict reading, as one value of a venue's table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Concatenate, ParamSpec, TypeVar

from counterpoise.core.orders import Intent, OrderReport
from counterpoise.venues.dialect import Call, Listed, Listing, Params, Reads

P = ParamSpec("P")
T = TypeVar("T")


def asked(
    call: Call, reading: Callable[Concatenate[object, P], T], **params: object
) -> Callable[Concatenate[Reads, P], Awaitable[T]]:
    """Return the question that makes `call`, always with `params`, and reads the answer."""

    async def ask(reads: Reads, /, *given: P.args, **named: P.kwargs) -> T:
        return reading(await reads.read(call, dict(params)), *given, **named)

    return ask


def asked_of_markets(
    call: Call,
    reading: Callable[[object, Listing], T],
    narrowed: Callable[[Listed], Params],
    **params: object,
) -> Callable[[Reads, Listing], Awaitable[T]]:
    """Return the same for a read of all markets, or of the only one that is configured."""

    async def ask(reads: Reads, listing: Listing) -> T:
        narrow: Params = {}
        if len(listing) == 1:
            (only,) = listing.values()
            narrow = narrowed(only)
        return reading(await reads.read(call, {**params, **narrow}), listing)

    return ask


def asked_of_one(
    call: Call, reading: Callable[[object, Listed], T], narrowed: Callable[[Listed], Params]
) -> Callable[[Reads, Listed], Awaitable[T]]:
    """Return the same for a read of one market."""

    async def ask(reads: Reads, listed: Listed) -> T:
        return reading(await reads.read(call, narrowed(listed)), listed)

    return ask


def looked_up(
    call: Call,
    reading: Callable[[object, Intent, Listed], OrderReport],
    params: Callable[[Intent, Listed], Params],
) -> Callable[[Reads, Intent, Listed], Awaitable[OrderReport | None]]:
    """Return the look-up of an order by our own id, on a venue that answers it in one place."""

    async def find(reads: Reads, intent: Intent, listed: Listed) -> OrderReport | None:
        raw = await reads.read_or_none(call, params(intent, listed))
        return None if raw is None else reading(raw, intent, listed)

    return find
