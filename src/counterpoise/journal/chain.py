"""The hash chain over transitions: a row changed, removed or put in later breaks it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, insert, select

from counterpoise.errors import JournalError
from counterpoise.journal.rows import Row, digest, fact_digest
from counterpoise.journal.schema import INTENT, TRANSITION

_ROWS_AT_A_TIME: Final = 1000

_INSERT: Final = insert(TRANSITION)
_ALL: Final = select(
    TRANSITION.c.number,
    TRANSITION.c.client_order_id,
    TRANSITION.c.state,
    TRANSITION.c.at_ms,
    TRANSITION.c.facts,
    TRANSITION.c.proof,
    TRANSITION.c.hash,
).order_by(TRANSITION.c.number)
_LAST_FACTS: Final = (
    select(TRANSITION.c.facts)
    .where(TRANSITION.c.client_order_id == INTENT.c.client_order_id)
    .order_by(TRANSITION.c.number.desc())
    .limit(1)
    .scalar_subquery()
)
_INTENTS: Final = select(INTENT, _LAST_FACTS.label("last_facts"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest link: how many transitions there are, and the hash over all of them."""

    number: int
    hash: str


def genesis(nonce: str) -> Head:
    """Return the head of an empty chain, which ties it to the journal with this nonce."""
    return Head(number=0, hash=hashlib.sha256(nonce.encode()).hexdigest())


def append(connection: Connection, head: Head, intents: list[Row], at_ms: int) -> Head:
    """Write one transition for each intent as its row now stands, and return the new head."""
    links: list[dict[str, Any]] = []
    for row in intents:
        link = {
            "number": head.number + 1,
            "client_order_id": row["client_order_id"],
            "state": row["state"],
            "at_ms": at_ms,
            "facts": fact_digest(row),
            "proof": row["proof"],
        }
        link["hash"] = _hash(head.hash, link.values())
        head = Head(number=head.number + 1, hash=link["hash"])
        links.append(link)
    connection.execute(_INSERT, links)
    return head


def verify(connection: Connection, nonce: str) -> Head:
    """
    Return the head after checking every transition, and every intent against its last one.

    Raises JournalError naming the first row that does not fit.
    """
    number, previous = 0, genesis(nonce).hash
    for links in connection.execute(_ALL).partitions(_ROWS_AT_A_TIME):
        for *link, found in links:
            number += 1
            if link[0] != number or found != _hash(previous, link):
                raise _broken(f"transition {link[0]} (order {link[1]})")
            previous = found
    for rows in connection.execute(_INTENTS).partitions(_ROWS_AT_A_TIME):
        for *intent, facts in rows:
            if facts != digest(intent):
                raise _broken(f"order {intent[0]}")
    return Head(number=number, hash=previous)


def _hash(previous: str, link: Iterable[object]) -> str:
    """Return the hash of a link. Only the proof, which comes last, can hold any character."""
    return hashlib.sha256("|".join((previous, *map(str, link))).encode()).hexdigest()


def _broken(where: str) -> JournalError:
    """Return the error for a chain that does not hold."""
    return JournalError(
        f"the journal was changed from outside: {where} is not as it was recorded",
        hint="restore the newest backup, or move the journal away, settle what is open on the "
        "exchange by hand, and start with a new one",
    )
