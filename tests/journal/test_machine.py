"""Any sequence of orders, outcomes, crashes and restarts, against a model of a few lines."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from counterpoise.core.instrument import Asset
from counterpoise.core.orders import ClientOrderId, Intent, IntentState
from counterpoise.core.state import AssetMemory
from counterpoise.errors import JournalError, LiveIntentExists
from counterpoise.journal.opening import JournalConfig
from counterpoise.journal.steps import STEPS
from counterpoise.journal.store import SqlJournal
from tests.journal.records import (
    ASSETS,
    IDENTITY,
    MAIN,
    D,
    HandClock,
    SeededEntropy,
    became,
    order,
    record,
    run,
)


class Journaled(RuleBasedStateMachine):
    """A journal in a file beside a dictionary: the two must tell the same story."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp())
        self.clock = HandClock()
        self.entropy = SeededEntropy()
        self.told: dict[ClientOrderId, Intent] = {}
        self.memories: dict[Asset, AssetMemory] = {}
        self.cycle = 0

    @initialize()
    def begin(self) -> None:
        config = JournalConfig(url=f"sqlite:///{self.directory}/main.db")
        self.journal = SqlJournal(config, self.clock, self.entropy)
        run(self.journal.open(IDENTITY))

    def teardown(self) -> None:
        run(self.journal.close())
        shutil.rmtree(self.directory)

    def live(self) -> list[Intent]:
        return [i for i in self.told.values() if i.state.live]

    @rule(assets=st.lists(st.sampled_from(ASSETS), min_size=1, max_size=3))
    def send(self, assets: list[Asset]) -> None:
        number = run(self.journal.next_cycle())
        assert number > self.cycle
        self.cycle = number
        orders = [order(asset) for asset in assets]
        call = self.journal.record_intents(
            record(number, orders), orders, {MAIN: self.clock.now_ms + 5_000}
        )
        taken = [i.order.asset for i in self.live()] + assets
        if len(taken) > len(set(taken)):
            with pytest.raises(LiveIntentExists):
                run(call)
            return
        for intent in run(call):
            assert intent.client_order_id not in self.told
            self.told[intent.client_order_id] = intent

    @precondition(lambda self: self.told)
    @rule(data=st.data(), state=st.sampled_from(list(IntentState)))
    def settle(self, data: st.DataObject, state: IntentState) -> None:
        before = data.draw(st.sampled_from(list(self.told.values())))
        after = replace(became(before, state, "machine"), fee=before.fee)
        if after == before:
            return
        early = before.state is IntentState.UNKNOWN and self.clock.now_ms <= before.expires_at_ms
        allowed = state in STEPS.get(before.state, ()) and not (
            state is IntentState.ABSENT and early
        )
        if allowed:
            run(self.journal.record_outcome(after))
            self.told[before.client_order_id] = after
            return
        with pytest.raises(JournalError):
            run(self.journal.record_outcome(after))

    @precondition(lambda self: any(i.fee is None and not i.state.live for i in self.told.values()))
    @rule(data=st.data())
    def pay(self, data: st.DataObject) -> None:
        ended = [i for i in self.told.values() if i.fee is None and not i.state.live]
        paid = replace(data.draw(st.sampled_from(ended)), fee=D("1.10"), fee_asset=ASSETS[0])
        run(self.journal.record_outcome(paid))
        self.told[paid.client_order_id] = paid

    @rule(asset=st.sampled_from(ASSETS), refusals=st.integers(0, 3))
    def remember(self, asset: Asset, refusals: int) -> None:
        self.memories[asset] = AssetMemory(position=D("1.50"), refusals=refusals)
        run(self.journal.remember({asset: self.memories[asset]}))

    @rule(seconds=st.integers(0, 10))
    def wait(self, seconds: int) -> None:
        self.clock.now_ms += seconds * 1000

    @rule(cleanly=st.booleans())
    def restart(self, *, cleanly: bool) -> None:
        if not cleanly:
            self.journal._counters = None
        run(self.journal.close())
        self.begin()

    @invariant()
    def the_journal_tells_what_happened(self) -> None:
        told = sorted(self.told.values(), key=lambda i: i.sequence)
        assert run(self.journal.intents(1000)) == tuple(reversed(told))
        assert run(self.journal.unsettled()) == tuple(i for i in told if i.state.live)
        assert run(self.journal.memories()) == self.memories

    @invariant()
    def the_last_transition_is_the_state(self) -> None:
        for intent in self.told.values():
            last = run(self.journal.transitions(intent.client_order_id))[-1]
            assert (last.state, last.proof) == (intent.state, intent.proof)


Journaled.TestCase.settings = settings(max_examples=8, stateful_step_count=25, deadline=None)
TestAnySequence = Journaled.TestCase
