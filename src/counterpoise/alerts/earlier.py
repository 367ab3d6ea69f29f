"""What an earlier life of the daemon told: a restart repeats little, and a crash loop less."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from counterpoise.alerts.book import AGAIN_S, FORGET_S, UNSURE_S, Book
from counterpoise.alerts.items import Condition, Item, Told
from counterpoise.core.notice import Severity
from counterpoise.ports import Clock

ITEMS_MAX = 256
EVERY_TIME = frozenset({"stopped"})  # no crash loop makes these: told however often they happen


def written(book: Book) -> str:
    """Return what is worth knowing after a restart. No secret is in it."""
    kept = [_facts(item) for item in book.items.values() if _worth_keeping(item)]
    return json.dumps({"items": kept[:ITEMS_MAX]}, ensure_ascii=True)


def _worth_keeping(item: Item) -> bool:
    known = any(not told.over for told in item.told.values())
    return known and item.now.event not in EVERY_TIME


def _facts(item: Item) -> dict[str, Any]:
    return {
        "id": item.alert_id,
        "event": item.now.event,
        "subject": item.now.subject,
        "reason": item.now.reason,
        "since_ms": item.now.since_ms,
        "passing": item.passing,
        "times": item.times,
        "told": {
            name: {"at_ms": told.at_ms, "severity": told.severity, "times": told.times}
            for name, told in item.told.items()
            if not told.over
        },
    }


def restore(book: Book, text: str, clock: Clock) -> None:
    """
    Take up what `written` left.

    Raises ValueError, KeyError, TypeError, AttributeError or OverflowError for anything else.
    """
    for facts in json.loads(text)["items"][:ITEMS_MAX]:
        item = _item(facts, clock)
        if item.told:
            book.items.setdefault(item.now.key, item)


def _item(facts: Mapping[str, Any], clock: Clock) -> Item:
    now_s = clock.monotonic_s()
    passing = bool(facts["passing"])
    return Item(
        alert_id=str(facts["id"]),
        now=Condition(
            event=str(facts["event"]),
            subject=str(facts["subject"]),
            reason=str(facts["reason"]),
            since_ms=int(facts["since_ms"]),
        ),
        began_s=now_s,
        passing=passing,
        times=int(facts["times"]),
        gone_s=now_s,
        gone_ms=clock.wall_ms(),
        calm_s=UNSURE_S,
        unsure=True,
        told=dict(_told(facts["told"], clock, passing=passing)),
    )


def _told(
    facts: Mapping[str, Mapping[str, Any]], clock: Clock, *, passing: bool
) -> Iterator[tuple[str, Told]]:
    """Yield what each channel was told: lately counts as told, longer ago is told once more."""
    for name, told in facts.items():
        at_ms = int(told["at_ms"])
        age_s = (clock.wall_ms() - at_ms) / 1000
        if passing and not 0 <= age_s < FORGET_S:
            continue
        lately = 0 <= age_s < AGAIN_S
        yield (
            str(name),
            Told(
                at_ms=at_ms,
                at_s=clock.monotonic_s() - age_s if lately else None,
                severity=Severity(told["severity"]),
                times=int(told["times"]),
            ),
        )


class Keeper:
    """Writes through `save` whenever somebody was told something."""

    def __init__(self, book: Book, save: Callable[[str], None]) -> None:
        """Keep what `book` has."""
        self._book = book
        self._save = save
        self._last = ""

    def keep(self) -> None:
        """Write, unless it is what was written last."""
        text = written(self._book)
        if text != self._last:
            self._save(text)
            self._last = text
