"""An order that comes late is refused before the venue's table says that it could not come."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from counterpoise.errors import OutcomeUnknown
from counterpoise.ports import HttpRequest, HttpResponse
from tests.venues.contract.stands import Bench, D, Desk, Stand, Swapped

SIZE = D("0.02")


@dataclass
class Slow(Swapped):
    """A wire that keeps orders back."""

    order: str = ""  # method and path
    kept: HttpRequest | None = None

    async def send(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        method, _, path = self.order.partition(" ")
        if request.method == method and f"{path}?" in f"{request.url}?":
            self.kept = request
            raise OutcomeUnknown("no whole answer")
        return await super().send(request, timeout_s)

    async def let_go(self) -> HttpResponse:
        assert self.kept is not None
        return await super().send(self.kept, 5)


async def kept_back(stand: Stand) -> tuple[Slow, Desk]:
    """Return an order on its way, and the desk that it left."""
    wire = Slow()
    desk = await Bench(stand, wire=wire).desk()
    wire.order = stand.order
    with pytest.raises(OutcomeUnknown):
        await desk.gateway.place(await desk.intent(SIZE))
    return wire, desk


async def test_an_order_is_taken_no_later_than_the_table_reckons_with(stand: Stand) -> None:
    wire, desk = await kept_back(stand)
    limits = desk.gateway.limits
    await desk.clock.sleep((limits.receive_window_ms + limits.skew_max_ms + 1) / 1000)
    await wire.let_go()
    assert (await desk.position()).size == 0
    await desk.gateway.close()


async def test_the_same_order_is_taken_in_time(stand: Stand) -> None:
    wire, desk = await kept_back(stand)
    await desk.clock.sleep(1)
    await wire.let_go()
    assert (await desk.position()).size == SIZE
    await desk.gateway.close()
