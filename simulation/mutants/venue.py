"""What the venue says of itself, and how often it is asked."""

from __future__ import annotations

from counterpoise.core import settlement
from counterpoise.core.instrument import Instrument
from simulation.mutants.change import Table, always, plain

TABLE: Table = {
    "contract terms unchecked": (("terms",), plain(Instrument, "terms", always(value="same"))),
    "back-off dropped": (("refused",), plain(settlement, "_pause_ms", lambda _: 0)),
}
