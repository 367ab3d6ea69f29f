"""Many cycles in a row, with part fills, refusals, lagging reads, zeros and moving prices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Order
from counterpoise.core.policy.policy import Trigger
from counterpoise.core.settlement import after_settlement, refused
from counterpoise.core.units import ONE, ZERO
from tests.core.strategies import amounts, shares
from tests.worlds import CYCLE_MS, Row, World, decision_of, intent_of

D = Decimal
BTC = Asset("BTC")
HEAL_CYCLES = 45  # of faultless ones, within which all must be in its band
ROW = Row(asset="BTC", spot=ONE, price=D(50_000), weight=ONE, size_step=D("0.001"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """What happens in one cycle."""

    price: Decimal  # times the one before
    share: Decimal  # of an order that fills
    refused: bool
    lag: int  # cycles for which a fill is not shown yet
    zero: bool  # the balance is answered as zero


CHAPTERS = st.builds(
    Chapter,
    price=amounts("0.9", "1.1"),
    share=st.sampled_from([ZERO, D("0.3"), ONE, ONE]),
    refused=st.integers(0, 5).map(lambda n: n == 0),
    lag=st.sampled_from([0, 0, 1, 4]),
    zero=st.integers(0, 5).map(lambda n: n == 0),
)
CALM = Chapter(price=ONE, share=ONE, refused=False, lag=0, zero=False)


@dataclass(slots=True, kw_only=True)
class Venue:
    """What is true, and what is shown of it."""

    world: World  # its row holds the truth
    shown: Decimal = ZERO
    hidden_cycles: int = 0

    def live(self, chapter: Chapter) -> Order | None:
        """Live through one cycle and return the order that was decided, if any."""
        row = self.world["BTC"]
        row = replace(row, price=(row.price * chapter.price).quantize(row.price_step))
        self.hidden_cycles = max(0, self.hidden_cycles - 1)
        if self.hidden_cycles == 0:
            self.shown = row.size
        world = self.world.changed(row)
        seen = replace(row, size=self.shown, spot=ZERO if chapter.zero else row.spot)
        decided = world.changed(seen).plan()
        verdict = decision_of(decided, "BTC").verdict
        if not isinstance(verdict, Order):
            self.world = world.remembering(decided.memories).after(CYCLE_MS)
            return None
        assert not chapter.zero, "sized on a balance that nothing explains"
        assert verdict.position_before == row.size, "sized on a position that is not the true one"
        if chapter.refused:
            ended = refused(intent_of(verdict), code="-1", now_ms=decided.at_ms, proof="test")
            memory = after_settlement(decided.memories[BTC], ended, at_ms=decided.at_ms)
            self.world = world.remembering({BTC: memory}).after(CYCLE_MS)
            return verdict
        self.world = world.settled(decided, share=chapter.share)
        self.hidden_cycles = chapter.lag + 1
        return verdict


def beside(world: World) -> Decimal:
    """Return how far net delta is from its target, in base units."""
    row = world["BTC"]
    return row.net - world.exposure * row.weight * row.held


@given(st.lists(CHAPTERS, min_size=5, max_size=40), shares(), shares())
def test_whatever_happens_no_order_leads_away_and_calm_brings_it_into_its_band(
    chapters: list[Chapter], exposure: Decimal, return_to: Decimal
) -> None:
    trigger = Trigger(return_to=return_to, cooldown_ms=60_000)
    venue = Venue(world=World(rows=(ROW,), exposure=exposure, trigger=trigger))
    for chapter in chapters:
        before = beside(venue.world)
        if venue.live(chapter) is not None:
            after = beside(venue.world)
            assert abs(after) <= abs(before)
            assert before * after >= 0
    late = [venue.live(CALM) for _ in range(HEAL_CYCLES)]
    assert abs(beside(venue.world)) <= ROW.drift
    assert [venue.live(CALM) for _ in range(HEAL_CYCLES)] == [None] * HEAL_CYCLES, late
