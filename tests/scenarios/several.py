"""One portfolio over several exchanges, each with a protocol of its own, in virtual time."""

from __future__ import annotations

import asyncio
import io
import json
import random
from collections.abc import Awaitable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TypeVar, cast

from counterpoise.config import Request as SettingsRequest
from counterpoise.config import Settings, load
from counterpoise.exchange.listing import Listing, Market
from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig, build
from counterpoise.exchange.orders import Origin
from counterpoise.ports import HttpRequest
from tests.scenarios.config import ENDPOINT
from tests.scenarios.protocols import PROTOCOLS
from tests.sim.process import Life, Surroundings, begin, cancel_all
from tests.sim.trace import Sent, Trace
from tests.sim.virtual import HostClock, TrueClock, VirtualLoop

T = TypeVar("T")
D = Decimal
INTERVAL_S = 10


class Several:
    """Exchanges by the name of their venue, and the daemon of one portfolio on all of them."""

    def __init__(
        self, folder: Path, text: str, exchanges: Mapping[str, LocalExchangeConfig]
    ) -> None:
        """Open the exchanges and write the settings: `text`, and a table a venue."""
        self.configs = exchanges
        self.loop = VirtualLoop()
        self.log = io.StringIO()
        true = TrueClock(self.loop)
        self.exchanges = {name: build(config, true) for name, config in exchanges.items()}
        self.lives: list[Life] = []
        self.settings = self._settings(folder, text)
        self.around = Surroundings(
            loop=self.loop,
            clock=HostClock(true),
            exchange=next(iter(self.exchanges.values())),
            others=self.exchanges,
            random=random.Random(1),
            stream=self.log,
            trace=Trace(),
            describe=lambda request, _: cast("Sent", request),
        )

    def _settings(self, folder: Path, text: str) -> Settings:
        file = folder / "several.toml"
        journal = f'[journal]\nurl = "sqlite:///{folder}/journal.db"\n[log]\nformat = "json"\n'
        file.write_text(f"{text}\n{journal}")
        environ = {
            f"COUNTERPOISE_VENUES__{name.upper()}__{key.upper()}": value
            for name, config in self.configs.items()
            for key, value in {**config.sign_in, "endpoint": ENDPOINT}.items()
        }
        return load(file, SettingsRequest(environ=environ))

    def wait(self, awaitable: Awaitable[T]) -> T:
        """Run something to its end, in virtual time."""

        async def waited() -> T:
            return await awaitable

        return self.loop.run_until_complete(waited())

    def start(self) -> Several:
        """Start the daemon."""
        self.lives.append(self.wait(begin(self.settings, self.around, len(self.lives) + 1)))
        return self

    def cycles(self, count: int) -> Several:
        """Let time pass for so many cycles."""
        self.wait(asyncio.sleep(count * INTERVAL_S))
        return self

    def control(self, venue: str, name: str, /, **body: object) -> None:
        """Carry out a control of one exchange."""
        request = HttpRequest(
            method="POST", url=f"{ENDPOINT}/_exchange/{name}", body=json.dumps(body).encode()
        )
        response = self.exchanges[venue].answer(request).response
        assert response is not None
        assert response.status == 200, response.body

    def price(self, asset: str, price: Decimal) -> None:
        """Move a price everywhere."""
        for venue in self.exchanges:
            self.control(venue, "price", symbol=f"{asset}USDT", price=str(price))

    def unreadable(self, venue: str) -> None:
        """Ban us from one exchange."""
        self.control(venue, "fault", kind="ban", method="GET", path="", times=1, retry_after_s=3600)

    def position(self, venue: str, asset: str) -> Decimal:
        """Return the true position there, in base units."""
        exchange = self.exchanges[venue]
        listing = self._listing(exchange, self.configs[venue].venue, asset)
        held = exchange.venue.engine.account.open_positions()
        return sum((p.amount * listing.contract_size for p in held if p.listing is listing), D(0))

    @staticmethod
    def _listing(exchange: LocalExchange, protocol: str, asset: str) -> Listing:
        market_id = PROTOCOLS[protocol].market_id(asset)
        return exchange.venue.engine.listing(Market.LINEAR, market_id)

    def orders(self, venue: str) -> int:
        """Return how many orders of ours one exchange has."""
        orders = self.exchanges[venue].venue.engine.ledger.orders.values()
        return sum(order.request.origin is Origin.CLIENT for order in orders)

    def lines(self, event: str) -> list[dict[str, object]]:
        """Return the lines of one event of the log."""
        found = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return [line for line in found if line["event"] == event]

    def status(self) -> dict[str, object]:
        """Return the status document."""
        found: dict[str, object] = json.loads(self.settings.status_path.read_text())
        return found

    def states(self) -> dict[str, str]:
        """Return the state of each asset, with the reason of a hold."""
        assets = cast("list[dict[str, str]]", self.status()["assets"])
        return {asset["asset"]: asset["reason"] or asset["state"] for asset in assets}

    def close(self) -> None:
        """Let go of everything."""
        for life in self.lives:
            life.drop()
        cancel_all(self.loop)
        for life in self.lives:
            self.wait(life.bury())
        self.wait(self.loop.shutdown_asyncgens())
        self.loop.close()
