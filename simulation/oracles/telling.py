"""
I-42: what the status shows as the matter has arrived with somebody, or the status says that not.

It reads what was published and what arrived: neither the book nor any queue of the daemon.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from counterpoise.core.alert_kinds import kind_of
from counterpoise.core.notice import Phase, Severity
from counterpoise.core.state import AccountState
from simulation.pager import PagerFault, Received, Receiver
from simulation.phones import EVERY_S, LEAST

if TYPE_CHECKING:
    from simulation.world import World

Key = tuple[str, str]  # event, subject
SOON_S = 150.0  # the longest pause between two tries, a slow answer, and a few more
SHOWN_S = 150.0  # failing for a minute, and one more try
UNHEARD_S = 300.0 + SOON_S
AN_HOUR_S = 3_600.0
MESSAGES_MAX = 14  # about one thing, on one channel, in an hour
TROUBLES = {"JournalError": ("journal_gone", 30_000), "bug": ("bug", 0)}
STANDING = frozenset({Phase.RAISED, Phase.REMINDER})


@dataclass(slots=True)
class Telling:
    """Watches what arrives, over all lives of the daemon."""

    world: World
    since_s: dict[Key, float] = field(default_factory=dict)  # it stands in the status
    began_s: dict[str, float] = field(default_factory=dict)  # a channel cannot be reached
    read: dict[str, int] = field(default_factory=dict)  # messages already judged
    last: dict[tuple[str, Key], Phase] = field(default_factory=dict)
    at_s: dict[tuple[str, Key], list[float]] = field(default_factory=dict)
    loose_s: float = 0.0  # until then nobody can be expected to have been told

    def watch(self) -> None:
        """Look at the phones and at the status."""
        world = self.world
        now_s, life = world.loop.time(), world.life
        for name, receiver in world.phones.receivers.items():
            self._read(name, receiver)
            self._note_fault(name, receiver, now_s)
        if life is None or not life.gate.alive or world.tidings is None:
            self.since_s.clear()
            return
        standing = set(self._standing())
        self.since_s = {key: self.since_s.get(key, now_s) for key in sorted(standing)}
        if now_s < self.loose_s:
            return
        for name, receiver in world.phones.receivers.items():
            self._judge(name, receiver, now_s)
        self._judge_heart(now_s)

    def stood_still(self) -> None:
        """Expect nothing of the time in which nothing ran."""
        self.since_s.clear()
        self.loose_s = self.world.loop.time() + SOON_S
        self.began_s.clear()

    @property
    def _slack_s(self) -> float:
        profile = self.world.profile
        return 4 * profile.interval_s + 2 * profile.lag_s

    def _standing(self) -> Iterator[Key]:
        world = self.world
        assert world.tidings is not None
        if world.control.state is AccountState.HALT:
            yield "halted", ""
        trouble = world.tidings.trouble
        if trouble is not None and trouble.kind in TROUBLES:
            event, after_ms = TROUBLES[trouble.kind]
            if world.host_clock.wall_ms() - trouble.since_ms >= after_ms:
                yield event, ""
        for alert in world.tidings.alerts:
            yield str(alert.cause), str(alert.asset)

    def _read(self, name: str, receiver: Receiver) -> None:
        for received in receiver.inbox[self.read.get(name, 0) :]:
            self.world.findings.note("told", name, received.at_s, received.notice.event)
            for key in _keys(received):
                self.last[name, key] = received.notice.phase
                if receiver.fault is not PagerFault.LOST:
                    self._count(name, key, received)
        self.read[name] = len(receiver.inbox)

    def _count(self, name: str, key: Key, received: Received) -> None:
        """Never more about one thing than somebody can bear."""
        times = self.at_s.setdefault((name, key), [])
        times.append(received.at_s)
        lately = [at_s for at_s in times if received.at_s - at_s < AN_HOUR_S]
        self.at_s[name, key] = lately
        if len(lately) > MESSAGES_MAX:
            self._breach(f"{name} was told {len(lately)} times in an hour of {key}")
            times.clear()

    def _note_fault(self, name: str, receiver: Receiver, now_s: float) -> None:
        if receiver.fault is None:
            self.began_s.pop(name, None)
        else:
            self.began_s.setdefault(name, now_s)

    def _judge(self, name: str, receiver: Receiver, now_s: float) -> None:
        untold = [key for key in self.since_s if self._untold(name, key)]
        if receiver.fault is None:
            for key in untold:
                since_s = max(
                    self.since_s[key], receiver.works_since_s, self.world.oracles.restarted_s
                )
                if now_s - since_s > SOON_S + self._slack_s:
                    self._breach(f"{name} can be reached and was not told of {key}")
            return
        since_s = max([self.began_s[name], *(self.since_s[k] for k in untold)], default=now_s)
        since_s = max(since_s, self.world.oracles.restarted_s)
        late = {channel.name for channel in self.world.phones.shown.channels if channel.late}
        if untold and now_s - since_s > SHOWN_S + self._slack_s and name not in late:
            self._breach(f"{name} cannot be told of {untold[0]}, and the status does not say so")

    def _untold(self, name: str, key: Key) -> bool:
        if LEAST[name] is Severity.PAGE and kind_of(key[0], {}).severity is not Severity.PAGE:
            return False  # a warning pages after a time of its own
        return self.last.get((name, key)) not in STANDING

    def _judge_heart(self, now_s: float) -> None:
        """Tell by silence of a page that nobody could be told for long."""
        beats_s = self.world.phones.beats_s
        if len(self.began_s) < len(LEAST) or not beats_s:
            return
        lost = [
            key
            for key in self.since_s
            if kind_of(key[0], {}).severity is Severity.PAGE
            and all(self._untold(name, key) for name in LEAST)
        ]
        if not lost:
            return
        since_s = max(
            min(self.since_s[key] for key in lost),
            *self.began_s.values(),
            self.world.oracles.restarted_s,
        )
        bound_s = UNHEARD_S + self._slack_s + EVERY_S
        if now_s - since_s > bound_s and now_s - beats_s[-1] < EVERY_S:
            self._breach(f"nobody heard of {lost[0]}, and the heart beats on")

    def _breach(self, said: str) -> None:
        self.world.oracles.breach("I-42", said)


def _keys(received: Received) -> Iterator[Key]:
    for matter in received.notice.matters:
        yield received.notice.event, matter.subject
