"""A whole world: an exchange, a machine, a journal's file, and one life of the daemon at a time."""

from __future__ import annotations

import asyncio
import io
import json
import random
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from counterpoise.bootstrap.ledger import open_journal
from counterpoise.config import Request as SettingsRequest
from counterpoise.config import Settings, load
from counterpoise.core.instrument import Asset
from counterpoise.core.orders import LIVE_STATES, ClientOrderId, Intent
from counterpoise.core.state import Command, OperatorCommand
from counterpoise.exchange.engine import hedge_sides
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig, build
from counterpoise.ports import Clock, HttpRequest, HttpResponse
from tests.sim.process import Life, Surroundings, begin, cancel_all
from tests.sim.trace import Request, Sent, Tap, Trace, Truth
from tests.sim.virtual import HostClock, SeededEntropy, TrueClock, VirtualLoop

D = Decimal
T = TypeVar("T")

API_KEY = "canaryKeyQ7w2e9r4t1y8u3i6o5p0"
API_SECRET = "canarySecret+/Zx8c3v6b1n4m9"
ENDPOINT = "http://127.0.0.1:9"  # nothing listens there: what went past the wire would fail
LIVE = "','".join(sorted(LIVE_STATES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One asset at the start: what is held, what it costs, and what share it should be."""

    held: Decimal
    price: Decimal
    weight: Decimal
    position: Decimal = D(0)


QUIET = {  # 60,000 of 100,000 in BTC and 40,000 in ETH, as asked for
    "BTC": Holding(held=D("1.2"), price=D(50_000), weight=D("0.6")),
    "ETH": Holding(held=D(16), price=D(2_500), weight=D("0.4")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldConfig:
    """What a world is like."""

    holdings: Mapping[str, Holding] = field(default_factory=lambda: dict(QUIET))
    mode: str = "testnet"
    exposure: Decimal = D(1)
    drift: Decimal = D("0.03")
    interval_s: int = 10
    cooldown_s: int = 60
    seed: int = 0
    name: str = "scenario"
    folder: str = "world"  # below the test's own
    extra: str = ""  # more lines of settings, whole tables
    venue_lines: str = f'endpoint = "{ENDPOINT}"'
    trigger_lines: str = ""
    cycle_lines: str = ""
    speed: Decimal = D(0)  # recorded seconds in one; zero: prices move only by hand
    secret: str = API_SECRET


class World:
    """
    One exchange, one machine and one journal; the daemon may live there many times.

    Synchronous from outside: every method that takes time lets virtual time pass.
    """

    def __init__(self, folder: Path, config: WorldConfig, clock: Clock | None = None) -> None:
        """Build everything but the daemon; the exchange lives by `clock`, if not by our own."""
        self.config = config
        self.folder = folder / config.folder
        self.folder.mkdir(mode=0o700)
        self.loop = VirtualLoop()
        self.log = io.StringIO()
        self.lives: list[Life] = []
        self.errors: list[BaseException] = []  # that starts and stops raised
        self.may_end = False  # True where the daemon is to refuse what it finds
        self.journal_readable = True  # False where a scenario spoils the file
        self.started_s = self.loop.time()
        self.settings = settings_of(self.folder, config)
        true = TrueClock(self.loop)
        self.exchange = _exchange(config, clock or true)
        self.around = Surroundings(
            loop=self.loop,
            clock=HostClock(true),
            exchange=self.exchange,
            random=random.Random(config.seed),
            stream=self.log,
            trace=Trace(),
            describe=self._sent,
        )
        for asset, one in config.holdings.items():
            self.price(asset, one.price)
            if one.position:
                self.trade_by_hand(asset, one.position)

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
        self.control("POST", "price", symbol=f"{asset}USDT", price=str(price))

    def balance(self, asset: str, quantity: Decimal) -> None:
        """Deposit or withdraw spot."""
        self.control("POST", "balance", asset=asset, quantity=str(quantity))

    def trade_by_hand(self, asset: str, quantity: Decimal) -> None:
        """Bring a position to `quantity` by a trade that is not ours."""
        self.control("POST", "position", symbol=f"{asset}USDT", quantity=str(quantity))

    def book(self, asset: str, **shape: object) -> None:
        """Shape a book."""
        self.control("POST", "book", symbol=f"{asset}USDT", **shape)

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

        async def told() -> None:
            entropy = SeededEntropy(random.Random(0))
            async with open_journal(self.settings, self.around.clock, entropy) as journal:
                await journal.submit(
                    OperatorCommand(
                        number=0,
                        command=command,
                        by="tester",
                        reason=reason,
                        at_ms=self.around.clock.wall_ms(),
                        asset=None if asset is None else Asset(asset),
                    )
                )

        self.wait(told())

    # what is true

    def listing(self, asset: str) -> Listing:
        """Return the perpetual of an asset, as the exchange lists it."""
        return self.exchange.venue.engine.listing(Market.LINEAR, f"{asset}USDT")

    def position(self, asset: str) -> Decimal:
        """Return the position that the exchange has."""
        account = self.exchange.venue.engine.account
        return account.position(self.listing(asset), hedge_sides(account)[0]).amount

    def truth(self, asset: str) -> Truth:
        """Return how things really are with one asset."""
        value = sum((self._held(a) * self._price(a) for a in self.config.holdings), D(0))
        price = self._price(asset)
        weight = self.config.holdings[asset].weight
        return Truth(
            held=self._held(asset),
            position=self.position(asset),
            price=price,
            goal=self.config.exposure * weight * value / price,
            band=self.config.drift * value / price,
            lot=self.listing(asset).quantity_step,
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
        if not self.journal_file.exists():
            return []
        place = f"file:{self.journal_file}?mode=ro"
        with closing(sqlite3.connect(place, uri=True)) as connection:
            return list(connection.execute(query, values))

    def intents(self) -> list[Intent]:
        """Return every intent that was recorded, oldest first."""
        if not self.journal_file.exists():
            return []

        async def read() -> tuple[Intent, ...]:
            entropy = SeededEntropy(random.Random(0))
            async with open_journal(self.settings, self.around.clock, entropy) as journal:
                return await journal.intents(10_000)

        return list(reversed(self.wait(read())))

    def intent(self, client_order_id: str) -> Intent:
        """Return one intent."""
        wanted = ClientOrderId(client_order_id)
        return next(intent for intent in self.intents() if intent.client_order_id == wanted)

    def _held(self, asset: str) -> Decimal:
        return self.exchange.venue.engine.account.spot.get(asset, D(0))

    def _price(self, asset: str) -> Decimal:
        venue = self.exchange.venue
        return venue.engine.price(self.listing(asset), venue.clock.now()).mark

    def _sent(self, request: Request, life: int) -> Sent:
        """Return an order as it leaves, beside the journal's file and the truth."""
        params, key = request.params, request.params["newClientOrderId"]
        asset = params["symbol"].removesuffix("USDT")
        quantity = D(params["quantity"]) * (1 if params["side"] == "BUY" else -1)
        stood = self.rows("SELECT state FROM intent WHERE client_order_id = ?", key)
        live = self.rows(
            f"SELECT client_order_id FROM intent WHERE state IN ('{LIVE}') AND symbol = ?",  # noqa: S608
            f"{asset}/USDT:USDT",
        )
        return Sent(
            at_s=request.at_s,
            life=life,
            client_order_id=key,
            market_id=params["symbol"],
            quantity=quantity,
            price=D(params["price"]),
            reduce_only=params.get("reduceOnly") == "true",
            journaled=str(stood[0][0]) if stood else "",
            live_in_journal=tuple(str(row[0]) for row in live),
            live_at_venue=self._live_at_venue(asset),
            truth=self.truth(asset),
        )

    def _live_at_venue(self, asset: str) -> int:
        listing, front = self.listing(asset), self.exchange.front
        ledger = self.exchange.venue.engine.ledger
        resting = [o for o in ledger.open_orders.values() if o.request.listing is listing]
        late = [
            answer
            for _, answer in front._late
            if answer.late is not None and answer.late.params.get("symbol") == listing.key.symbol
        ]
        return len(resting) + len(late)


def _exchange(config: WorldConfig, clock: Clock) -> LocalExchange:
    held = {asset: one.held for asset, one in config.holdings.items()}
    return build(
        LocalExchangeConfig(
            seed=config.seed,
            speed=config.speed,
            api_key=API_KEY,
            api_secret=config.secret,
            balances={**held, "USDT": D(10_000)},
            futures_wallet={"USDT": D(100_000)},
        ),
        clock,
    )


def settings_of(folder: Path, config: WorldConfig) -> Settings:
    file = folder / f"{config.name}.toml"
    assets = "\n".join(
        f'[assets.{asset}]\nweight = {one.weight}\nperpetual = "main:{asset}/USDT:USDT"'
        for asset, one in config.holdings.items()
    )
    file.write_text(f"""
mode = "{config.mode}"
[portfolio]
quote = "USDT"
exposure = {config.exposure}
{assets}
[trigger]
drift = {config.drift}
cooldown = "{config.cooldown_s}s"
{config.trigger_lines}
[cycle]
interval = "{config.interval_s}s"
{config.cycle_lines}
[venues.main]
exchange = "binance"
{config.venue_lines}
[journal]
url = "sqlite:///{folder}/journal.db"
[log]
format = "json"
{config.extra}
""")
    return load(file, SettingsRequest(environ=environ_of(config)))


def environ_of(config: WorldConfig) -> Mapping[str, str]:
    return {
        "COUNTERPOISE_VENUES__MAIN__API_KEY": API_KEY,
        "COUNTERPOISE_VENUES__MAIN__API_SECRET": config.secret,
    }
