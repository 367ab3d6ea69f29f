"""
What stands, what of it each channel was told, and what is to be told next.

Level-triggered: it is asked anew before every attempt, so that nothing stale is ever sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from counterpoise.alerts.items import CALM_S, UNDELIVERED, Condition, Item, Key, Told
from counterpoise.core.alert_kinds import AlertKind, kind_of
from counterpoise.core.notice import Notice, Phase, Sender, Severity
from counterpoise.ports import Clock, Entropy

ID_LENGTH = 8
ITEMS_MAX = 256
TOGETHER_MAX = 20  # assets in one message
CALM_S_MAX = 1_800.0
FORGET_S = 3_600.0  # ended for so long, it begins afresh
AGAIN_S = 1_800.0  # what an earlier life told, or what happens again, is said this often
UNSURE_S = 1_200.0  # a restart takes so long to tell whether an alert of before still stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A channel, as the book knows it."""

    name: str
    least: Severity = Severity.INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A message to one channel, and what it will have told once it arrived."""

    notice: Notice
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How alerts are told."""

    sender: Sender
    remind_s: float
    severities: Mapping[str, Severity] = field(default_factory=dict)  # instead of the table's
    hide: Callable[[str], str] = str  # takes secrets out of what is told


class Book:
    """Keeps one alert for each event and subject, however often it comes."""

    def __init__(self, terms: Terms, clock: Clock, entropy: Entropy) -> None:
        """Begin with nothing the matter."""
        self._terms = terms
        self._clock = clock
        self._entropy = entropy
        self.items: dict[Key, Item] = {}
        self.dropped = 0
        self._away: dict[Key, None] = {}  # in the order they came, for no seed may differ
        self.kept: Callable[[], None] = lambda: None  # called whenever somebody was told

    def stand(self, conditions: Iterable[Condition], *, blind: bool = False) -> None:
        """
        Take what stands now; what is not among it has gone.

        `blind` where nobody looked at the assets, as while halted: what stood of them stands.
        """
        now_s = self._clock.monotonic_s()
        found = {condition.key: self._hidden(condition) for condition in conditions}
        for condition in found.values():
            self._seen(condition, now_s)
        for key, item in self.items.items():
            if key in found or item.gone_s is not None or item.passing:
                continue
            if not blind or not item.of_asset:
                item.gone_s, item.gone_ms = now_s, self._clock.wall_ms()

    def happened(self, condition: Condition) -> None:
        """Take something that happened, and does not stand."""
        now_s, condition = self._clock.monotonic_s(), self._hidden(condition)
        item = self.items.get(condition.key)
        if item is None:
            self._add(condition, now_s, passing=True)
            return
        item.now, item.gone_s = condition, now_s
        item.times += 1

    def _hidden(self, condition: Condition) -> Condition:
        return replace(condition, reason=self._terms.hide(condition.reason))

    def _seen(self, condition: Condition, now_s: float) -> None:
        item = self.items.get(condition.key)
        if item is None:
            self._add(condition, now_s, passing=False)
            return
        if item.gone_s is not None:
            self._back(item, condition, now_s)
        since_ms = min(condition.since_ms, item.now.since_ms)
        item.now = replace(condition, since_ms=since_ms, cycle=item.now.cycle)

    def _back(self, item: Item, condition: Condition, now_s: float) -> None:
        """Take an alert that came back: at once where it was told to be over, else in silence."""
        if item.unsure and not item.over(now_s):
            item.calm_s, item.began_s = CALM_S, now_s
        elif item.over(now_s):
            item.calm_s = min(CALM_S_MAX, item.calm_s * 2)
            item.began_s, item.now = now_s, condition
        item.times += not item.unsure
        item.unsure = False
        item.gone_s = item.gone_ms = None
        item.told = {name: told for name, told in item.told.items() if not told.over}

    def _add(self, condition: Condition, now_s: float, *, passing: bool) -> None:
        if len(self.items) >= ITEMS_MAX and not self._made_room(condition):
            self._turned_away(condition.key)
            return
        self.items[condition.key] = Item(
            alert_id=self._entropy.token(ID_LENGTH),
            now=condition,
            began_s=now_s,
            passing=passing,
            gone_s=now_s if passing else None,
        )

    def _made_room(self, newcomer: Condition) -> bool:
        """Let go of what matters least, unless the newcomer matters no more: then it stays out."""
        least = min(self.items.values(), key=self._weight)
        grave = kind_of(newcomer.event, self._terms.severities).severity
        if least.gone_s is None and self.severity(least).rank >= grave.rank:
            return False
        del self.items[least.now.key]
        if not least.told:
            self._turned_away(least.now.key)
        return True

    def _weight(self, item: Item) -> tuple[bool, bool, int, float]:
        return item.gone_s is None, not item.told, self.severity(item).rank, -item.began_s

    def _turned_away(self, key: Key) -> None:
        """Count an alert that nobody will hear of, once however often it comes."""
        self.dropped += key not in self._away
        self._away = dict.fromkeys((key, *self._away), None)
        while len(self._away) > ITEMS_MAX:
            self._away.popitem()

    def kind(self, item: Item) -> AlertKind:
        """Return the table's words for an alert."""
        return kind_of(item.now.event, self._terms.severities)

    def severity(self, item: Item) -> Severity:
        """Return how grave an alert is by now."""
        kind = self.kind(item)
        age_s = self._clock.monotonic_s() - item.began_s
        late = kind.pages_after_s is not None and age_s >= kind.pages_after_s
        return Severity.PAGE if late and item.gone_s is None else kind.severity

    def due(self, reader: Reader) -> Errand | None:
        """Return what a channel is to be told next; None where it knows all it should."""
        waiting = self.waiting(reader)
        if not waiting:
            return None
        first = min(waiting, key=lambda pair: self._urgency(pair[0], pair[1], reader))
        alike = [
            item
            for item, phase in waiting
            if (item.now.event, phase) == (first[0].now.event, first[1])
            and self.severity(item) is self.severity(first[0])
        ]
        group = sorted(alike, key=lambda item: item is not first[0])[:TOGETHER_MAX]
        return Errand(notice=self._notice(group, first[1]), items=tuple(group))

    def waiting(self, reader: Reader) -> list[tuple[Item, Phase]]:
        """Return everything that a channel is yet to be told."""
        pairs = ((item, self._phase(item, reader)) for item in self.items.values())
        return [(item, phase) for item, phase in pairs if phase is not None]

    def _urgency(self, item: Item, phase: Phase, reader: Reader) -> tuple[int, bool, int, float]:
        """Put what was refused last, so that one bad message holds up no other, then the grave."""
        refusals = item.refusals.get(reader.name, 0)
        return refusals, phase is Phase.RESOLVED, -self.severity(item).rank, item.began_s

    def _phase(self, item: Item, reader: Reader) -> Phase | None:
        told = item.told.get(reader.name)
        if item.now.key == (UNDELIVERED, reader.name):
            return None  # the one channel that cannot be told
        if told is None and self.severity(item).rank < reader.least.rank:
            return None
        now_s = self._clock.monotonic_s()
        if item.passing:
            return Phase.NOTED if self._says_more(item, told, now_s) else None
        if item.over(now_s):
            return Phase.RESOLVED if told is None or not told.over else None
        if told is None or told.severity.rank < self.severity(item).rank:
            return Phase.RAISED
        if item.gone_s is not None:
            return None
        if told.at_s is None:
            return Phase.RAISED
        return Phase.REMINDER if now_s - told.at_s >= self._terms.remind_s else None

    def _says_more(self, item: Item, told: Told | None, now_s: float) -> bool:
        """Say whether something that happened, happened again and may be told again."""
        if told is None:
            return True
        return item.times > told.times and (told.at_s is None or now_s - told.at_s >= AGAIN_S)

    def _notice(self, items: list[Item], phase: Phase) -> Notice:
        first = items[0]
        kind = self.kind(first)
        names = listed([item.now.subject for item in items if item.now.subject])
        title, said, deed = (
            text.replace("SUBJECT", names) for text in (kind.title, kind.said, kind.next)
        )
        return Notice(
            sender=self._terms.sender,
            phase=phase,
            severity=self.severity(first),
            event=first.now.event,
            title=title,
            said=said,
            next=deed,
            matters=tuple(item.matter(phase) for item in items),
            at_ms=self._clock.wall_ms(),
            cycle=first.now.cycle,
        )

    def arrived(self, errand: Errand, reader: Reader) -> None:
        """Keep that a channel has a message."""
        for item, matter in zip(errand.items, errand.notice.matters, strict=True):
            item.refusals.pop(reader.name, None)
            item.told[reader.name] = Told(
                at_ms=self._clock.wall_ms(),
                at_s=self._clock.monotonic_s(),
                severity=errand.notice.severity,
                over=errand.notice.phase is Phase.RESOLVED,
                times=matter.times,
            )
        self.kept()

    def refused(self, errand: Errand, reader: Reader) -> None:
        """Keep that a channel would not have a message."""
        for item in errand.items:
            item.refusals[reader.name] = item.refusals.get(reader.name, 0) + 1

    def withdraw(self, key: Key) -> None:
        """Forget an alert that is over before anybody heard of it, and that nobody misses."""
        if key in self.items and not self.items[key].told:
            del self.items[key]

    def forget(self, readers: Iterable[Reader]) -> None:
        """Let go of what ended long ago and was told to everybody."""
        now_s, everybody = self._clock.monotonic_s(), tuple(readers)
        for key, item in list(self.items.items()):
            old = item.gone_s is not None and now_s - item.gone_s >= FORGET_S
            if old and all(self._phase(item, reader) is None for reader in everybody):
                del self.items[key]


def listed(names: list[str]) -> str:
    """Return names as a person lists them: `BTC, ETH and XRP`."""
    *front, last = names or [""]
    return f"{', '.join(front)} and {last}" if front else last
