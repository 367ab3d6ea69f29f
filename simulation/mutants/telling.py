"""What makes sure that somebody hears of it, once."""

from __future__ import annotations

from counterpoise import paging
from counterpoise.alerts.book import Book
from counterpoise.alerts.courier import Courier
from counterpoise.alerts.desk import Desk
from counterpoise.alerts.items import Condition, Item
from counterpoise.errors import Undelivered
from counterpoise.paging import Pager
from simulation.mutants.change import NEVER, Changes, Table, always, plain


def _once_only() -> Changes:
    carry = Courier.carry

    async def given_up(self: Courier) -> None:
        errand = self._book.due(self.reader)
        try:
            await carry(self)
        except Undelivered:
            assert errand is not None
            self._book.arrived(errand, self.reader)

    return ((Courier, "carry", given_up),)


def _every_cycle() -> Changes:
    seen = Book._seen  # noqa: SLF001

    def forgetful(self: Book, condition: Condition, now_s: float) -> None:
        seen(self, condition, now_s)
        self.items[condition.key].told.clear()

    return ((Book, "_seen", forgetful),)


TABLE: Table = {
    "alert told by one try": (("alerts",), _once_only),
    "alert told every cycle": (("alerts",), _every_cycle),
    "undelivered alerts not shown": (
        ("alerts", "alerts-gone"),
        plain(Courier, "failing_s", always(0.0)),
    ),
    "alerts of an earlier life forgotten": (("alert-loop",), plain(Desk, "take_up", NEVER)),
    "alert over at once": (
        ("alert-flap",),
        plain(Item, "over", lambda self, _: self.gone_s is not None),
    ),
    "heart beats though nobody hears": (
        ("alerts-gone",),
        plain(Desk, "unheard", lambda _: False),
    ),
    "journal gone and nobody told": (
        ("journal-gone",),
        plain(paging, "_trouble", lambda *_: iter(())),
    ),
    "nobody told": (("alerts",), plain(Pager, "see", NEVER)),
}
