"""A whole world: an exchange, a machine, a journal's file, and one life of the daemon at a time."""

from __future__ import annotations

import asyncio
import io
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from counterpoise.config import Request as SettingsRequest
from counterpoise.config import Settings, load
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import Intent
from counterpoise.core.state import Command, OperatorCommand
from counterpoise.exchange.engine import hedge_sides
from counterpoise.exchange.listing import Listing, Market
from counterpoise.ports import Clock, HttpRequest, HttpResponse
from tests.scenarios import record
from tests.scenarios.config import ENDPOINT, D, WorldConfig, environ_of, exchange_of, settings_of
from tests.scenarios.protocols import PROTOCOLS
from tests.scenarios.witness import Witness
from tests.sim.process import Life, Surroundings, begin, cancel_all
from tests.sim.trace import Request, Sent, Tap, Trace, Truth
from tests.sim.virtual import HostClock, TrueClock, VirtualLoop

T = TypeVar("T")

__all__ = ["D", "World", "WorldConfig"]


class World:
    """
    One exchange, one machine and one journal; the daemon may live there many times.

    Synchronous from outside: every method that takes time lets virtual time pass.
    """

    def __init__(self, folder: Path, config: WorldConfig, clock: Clock | None = None) -> None:
        """Build everything but the daemon; the exchange lives by `clock`, if not by our own."""
        self.config = config
        self.protocol = PROTOCOLS[config.venue]
        self.folder = folder / config.folder
        self.folder.mkdir(mode=0o700)
        self.loop = VirtualLoop()
        self.log = io.StringIO()
        self.lives: list[Life] = []
        self.errors: list[BaseException] = []  # that starts and stops raised
        self.may_end = False  # True where the daemon is to refuse what it finds
        self.journal_readable = True  # False where a scenario spoils the file
        self.excused: frozenset[str] = frozenset()  # oracles that a scenario itself breaks
        self.started_s = self.loop.time()
        self.settings = settings_of(self.folder, config)
        true = TrueClock(self.loop)
        self.exchange = exchange_of(config, clock or true)
        self.around = Surroundings(
            loop=self.loop,
            clock=HostClock(true),
            exchange=self.exchange,
            random=random.Random(config.seed),
            stream=self.log,
            trace=Trace(),
            describe=Witness(self.exchange, self.protocol, self.rows, self.truth).sent,
        )
        for asset, one in config.holdings.items():
            self.price(asset, one.price)
            if one.position:
                self.trade_by_hand(asset, one.position)
            if one.short:
                self.trade_by_hand(asset, -one.short)

    # the daemon's lives

    @property
    def trace(self) -> Trace:
        """Return what happened at the edges."""
        return self.around.trace

    @property
    def life(self) -> Life:
        """Return the last life."""
        return self.lives[-1]

    @property
    def journal_file(self) -> Path:
        """Return where the journal is."""
        return self.folder / "journal.db"

    def start(self) -> World:
        """Start the daemon. Raises what keeps it from starting."""
        try:
            self.lives.append(self.wait(begin(self.settings, self.around, len(self.lives) + 1)))
        except BaseException as error:
            self.errors.append(error)
            raise
        return self

    def run(self, seconds: float) -> World:
        """Let time pass."""
        self.wait(asyncio.sleep(seconds))
        if self.lives and self.life.failure is not None:
            self.errors.append(self.life.failure)
        return self

    def cycles(self, count: int) -> World:
        """Let time pass for so many cycles on the interval."""
        return self.run(count * self.config.interval_s)

    def crash(self) -> World:
        """End the daemon as `kill -9` does."""
        self.life.drop()
        return self

    def restart(self) -> World:
        """Start again after a crash, a stop, or on top of a crash."""
        self.crash()
        return self.start()

    def stop(self) -> World:
        """End the daemon as SIGTERM does."""
        self.wait(self.life.stop())
        return self

    def crash_at(self, wanted: Callable[[Tap], bool]) -> None:
        """Crash at the first tap that is wanted."""

        def hook(tap: Tap) -> None:
            if wanted(tap):
                self.around.hooks.remove(hook)
                self.life.drop()

        self.around.hooks.append(hook)

    def close(self) -> None:
        """Let go of everything."""
        for life in self.lives:
            life.drop()
        cancel_all(self.loop)
        for life in self.lives:
            self.wait(life.bury())
        self.wait(self.loop.shutdown_asyncgens())
        self.loop.close()

    def wait(self, awaitable: Awaitable[T]) -> T:
        """Run something to its end, in virtual time."""

        async def waited() -> T:
            return await awaitable

        return self.loop.run_until_complete(waited())

    def loaded(self) -> Settings:
        """Read the settings file again."""
        assert self.settings.source is not None
        return load(self.settings.source, SettingsRequest(environ=environ_of(self.config)))

    # steering the exchange

    def control(self, method: str, name: str, /, **body: object) -> dict[str, object]:
        """Carry out one of the exchange's controls."""
        request = HttpRequest(
            method=method,
            url=f"{ENDPOINT}/_exchange/{name}",
            body=json.dumps(body).encode() if method != "GET" else b"",
        )
        response = self.exchange.answer(request).response
        assert response is not None
        found: dict[str, object] = json.loads(response.body)
        assert response.status == 200, found
        return found

    def price(self, asset: str, price: Decimal) -> None:
        """Move the price of an asset everywhere."""
        self.control("POST", "price", symbol=f"{asset}{self.config.dollar}", price=str(price))
        if self.inverse(asset):
            self.control("POST", "price", symbol=f"{asset}USD", price=str(price))

    def balance(self, asset: str, quantity: Decimal) -> None:
        """Deposit or withdraw spot."""
        self.control("POST", "balance", asset=asset, quantity=str(quantity))

    def coin_margin(self, asset: str, quantity: Decimal) -> None:
        """Set what of an asset lies in the wallet of coin-margined perpetuals."""
        self.control("POST", "balance", wallet="futures", asset=asset, quantity=str(quantity))

    def trade_by_hand(self, asset: str, quantity: Decimal) -> None:
        """Bring a position, in hedge mode one side of it, to `quantity` by a trade not ours."""
        size = quantity * self._price(asset) if self.inverse(asset) else quantity
        contracts = size / self.listing(asset).contract_size
        name = self.listing(asset).key
        self.control(
            "POST", "position", symbol=name.symbol, market=name.market, quantity=str(contracts)
        )

    def book(self, asset: str, **shape: object) -> None:
        """Shape a book."""
        self.control("POST", "book", symbol=f"{asset}{self.config.dollar}", **shape)

    def fault(self, kind: str, name: str, times: int = 1, **more: object) -> None:
        """Arm a fault for `name`, a method and a path."""
        method, _, path = name.partition(" ")
        self.control("POST", "fault", kind=kind, method=method, path=path, times=times, **more)

    def heal(self) -> None:
        """Disarm every fault."""
        self.control("DELETE", "fault")
        self.around.mangles.clear()

    def mangle(self, name: str, change: Callable[[bytes], bytes]) -> None:
        """Change the bodies of the good answers to `name`; the truth stays as it is."""

        def mangled(request: Request, response: HttpResponse) -> HttpResponse:
            if request.name != name or response.status != 200:
                return response
            return replace(response, body=change(response.body))

        self.around.mangles.append(mangled)

    def command(self, command: Command, reason: str = "test", asset: str | None = None) -> None:
        """Tell the daemon something, as the command line does: through the journal."""

        said = OperatorCommand(
            number=0,
            command=command,
            by="tester",
            reason=reason,
            at_ms=self.around.clock.wall_ms(),
            asset=None if asset is None else Asset(asset),
        )
        self.wait(record.submit(self.settings, self.around.clock, said))

    # what is true

    def inverse(self, asset: str) -> bool:
        """Say whether the perpetual of an asset is settled in coin."""
        return self.config.holdings[asset].coin_margin is not None

    def listing(self, asset: str) -> Listing:
        """Return the perpetual of an asset, as the exchange lists it."""
        engine, inverse = self.exchange.venue.engine, self.inverse(asset)
        market = Market.INVERSE if inverse else Market.LINEAR
        return engine.listing(market, self.protocol.market_id(asset, inverse=inverse))

    def position(self, asset: str) -> Decimal:
        """Return the position that the exchange has, in base units: long minus short."""
        return sum(self.sides(asset), D(0))

    def sides(self, asset: str) -> tuple[Decimal, ...]:
        """Return the position by side: one in one-way mode, long and short, negative, in hedge."""
        price = self._price(asset) if self.inverse(asset) else D(1)
        return tuple(size / price for size in self.sizes(asset))

    def sizes(self, asset: str) -> tuple[Decimal, ...]:
        """Return the same in the instrument's unit: quote, where it is settled in coin."""
        account, listing = self.exchange.venue.engine.account, self.listing(asset)
        sides = (account.position(listing, side).amount for side in hedge_sides(account))
        return tuple(amount * listing.contract_size for amount in sides)

    def truth(self, asset: str) -> Truth:
        """Return how things really are with one asset."""
        value = sum((self._held(a) * self._price(a) for a in self.config.holdings), D(0))
        price = self._price(asset)
        weight = self.config.holdings[asset].weight
        return Truth(
            held=self._held(asset),
            position=self.position(asset),
            sides=self.sides(asset),
            price=price,
            goal=self.config.exposure * weight * value / price,
            band=self.config.drift * value / price,
            lot=self._lot(asset),
        )

    @property
    def in_band(self) -> bool:
        """Say whether every asset truly is within its band."""
        return all(abs(t.drift) <= t.band for t in map(self.truth, self.config.holdings))

    @property
    def on_target(self) -> bool:
        """Say whether every asset truly is within two lots of its goal."""
        return all(abs(t.drift) < 2 * t.lot for t in map(self.truth, self.config.holdings))

    # what was said and recorded

    @property
    def orders(self) -> list[Sent]:
        """Return every order that left."""
        return self.trace.orders

    def lines(self, event: str = "") -> list[dict[str, object]]:
        """Return the log, or the lines of one event."""
        found = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return [line for line in found if not event or line["event"] == event]

    def reasons(self, asset: str) -> list[str]:
        """Return why an asset was held, in order."""
        return [str(line["reason"]) for line in self.lines("asset.held") if line["asset"] == asset]

    def status(self) -> dict[str, object]:
        """Return the status document."""
        found: dict[str, object] = json.loads(self.settings.status_path.read_text())
        return found

    def alerts(self) -> list[str]:
        """Return the alerts of the status document."""
        found = self.status()["alerts"]
        assert isinstance(found, list)
        return [str(alert) for alert in found]

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Ask the journal's file itself."""
        return record.rows(self.journal_file, query, *values)

    def intents(self) -> list[Intent]:
        """Return every intent that was recorded, oldest first."""
        if not self.journal_file.exists():
            return []
        return self.wait(record.intents(self.settings, self.around.clock))

    def _held(self, asset: str) -> Decimal:
        """Return what is held: in the spot wallet, and as margin with its unrealised profit."""
        venue = self.exchange.venue
        held = venue.engine.account.spot.get(asset, D(0))
        return (
            held + venue.engine.margin(asset, venue.clock.now()).balance
            if self.inverse(asset)
            else held
        )

    def _lot(self, asset: str) -> Decimal:
        """Return the least that the position of an asset can change by, in base units."""
        size = self.listing(asset).quantity_step * self.listing(asset).contract_size
        return size / self._price(asset) if self.inverse(asset) else size

    def _price(self, asset: str) -> Decimal:
        venue = self.exchange.venue
        return venue.engine.price(self.listing(asset), venue.clock.now()).mark
