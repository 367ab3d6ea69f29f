"""Whose is what: each kind of perpetual, each wallet and each asset of an account by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

from asyncio_throttle.throttler import Throttler

from counterpoise.core.instrument import Asset, InstrumentKey, Kind, Symbol
from counterpoise.core.mode import Mode
from counterpoise.core.orders import VenueOrder
from counterpoise.core.snapshot import Balance, Margin, Position
from counterpoise.errors import CounterpoiseError, SnapshotError
from counterpoise.venues.binance import PROFILE
from counterpoise.venues.dialect import Demo, Listing, Product, Profile, Wallet
from counterpoise.venues.gateway import CcxtGateway
from counterpoise.venues.outcomes import Judge
from counterpoise.venues.redaction import Redactor
from simulation.scripts.claims import Claims, outcome, waited
from tests.sim.gateway import ONE_WAY
from tests.venues.fake import NOW_MS, StillClock, config

D = Decimal
USDT, BTC, ETH, VST = Asset("USDT"), Asset("BTC"), Asset("ETH"), Asset("VST")
LINEAR, INVERSE = Symbol("BTC/USDT:USDT"), Symbol("BTC/USD:BTC")
COINS = Symbol("ETH/USDC:USDC")
STRANGER = Symbol("XRP/USDT:USDT")
SIZES = {LINEAR: D(2), INVERSE: D(300)}


def market(symbol: Symbol) -> dict[str, object]:
    """Return a market as ccxt describes it."""
    pair, _, settle = symbol.partition(":")
    base, quote = pair.split("/")
    return {
        "id": symbol.replace("/", "").replace(":", "-"),
        "symbol": symbol,
        "base": base,
        "quote": quote,
        "settle": settle,
        "swap": True,
        "inverse": settle == base,
        "active": True,
        "contractSize": "1",
        "taker": "0.0005",
        "precision": {"amount": "0.001", "price": "0.1"},
        "limits": {"amount": {"min": "0.001"}},
        "info": {"a": "b"},
    }


@dataclass
class Wire:
    """Answers every question of a gateway, and notes what it was asked for."""

    asked: list[frozenset[str]] = field(default_factory=list)  # market ids of each question
    settles: list[frozenset[Asset]] = field(default_factory=list)
    shown: Mapping[Wallet, tuple[str, ...]] = field(default_factory=dict)
    listed: tuple[VenueOrder, ...] = ()
    closed: list[str] = field(default_factory=list)
    breaks: bool = False
    order_lane: Throttler = field(default_factory=lambda: Throttler(rate_limit=100))

    async def markets(self) -> Mapping[str, Mapping[str, object]]:
        return {symbol: market(symbol) for symbol in (LINEAR, INVERSE, COINS)}

    async def close(self) -> None:
        self.closed.append("requester")
        if self.breaks:
            raise OSError

    async def positions(self, listing: Listing, kind: Kind) -> Mapping[InstrumentKey, Position]:
        """Show the positions of one kind; what else is asked for is flat, as venues have it."""
        self.asked.append(frozenset(listing))
        return {
            one.instrument.key: Position(
                instrument=one.instrument.key,
                size=SIZES[one.instrument.symbol] if one.instrument.kind is kind else D(0),
            )
            for one in listing.values()
        }


def _product(kind: Kind, wire: Wire) -> Product:
    (usual,) = PROFILE.products[Wallet.LINEAR][:1]
    trading = replace(
        usual.trading,
        positions=lambda _, listing: wire.positions(listing, kind),
        orders=lambda *_: _given(wire.listed),
    )
    return replace(usual, kind=kind, trading=trading)


async def _given(value: Any) -> Any:  # noqa: ANN401 - whatever is to be answered
    return value


def _profile(wire: Wire, **changed: object) -> Profile:
    linear, inverse = _product(Kind.LINEAR, wire), _product(Kind.INVERSE, wire)

    def balances(wallet: Wallet) -> object:
        return lambda _, source: _given(
            tuple(
                Balance(source=source, asset=Asset(name), quantity=D(1))
                for name in wire.shown[wallet]
            )
        )

    def margins(wallet: Wallet) -> object:
        async def read(_: object, source: str, settles: frozenset[Asset]) -> tuple[Margin, ...]:
            wire.settles.append(settles)
            return tuple(
                Margin(source=source, asset=Asset(a), equity=D(1), wallet=D(1), maintenance=D(0))
                for a in wire.shown.get(wallet, ())
            )

        return read

    facts: dict[str, object] = {
        "products": {
            Wallet.LINEAR: (linear,),
            Wallet.INVERSE: (inverse,),
            Wallet.UNIFIED: (linear, inverse),
        },
        "balances": {wallet: balances(wallet) for wallet in (Wallet.SPOT, Wallet.FUNDING)},
        "margins": {w: margins(w) for w in (Wallet.LINEAR, Wallet.INVERSE, Wallet.UNIFIED)},
        "settles": {
            Wallet.LINEAR: frozenset({USDT}),
            Wallet.INVERSE: frozenset({BTC}),
            Wallet.UNIFIED: frozenset({USDT}),
        },
        "leaves_out_zeros": frozenset({Wallet.SPOT, Wallet.INVERSE}),
        "account": lambda *_: _given(ONE_WAY),
        **changed,
    }
    return replace(PROFILE, **facts)  # type: ignore[arg-type]


async def _opened(
    wire: Wire, profile: Profile | None = None, **changed: object
) -> tuple[CcxtGateway, StillClock]:
    clock = StillClock()
    used = profile or _profile(wire)

    async def close() -> None:
        wire.closed.append("door")

    settings = config(**{"assets": (BTC, ETH, USDT), **changed})
    door = cast("Any", SimpleNamespace(close=close))
    judge = Judge(profile=used, redactor=Redactor(()))
    gateway = CcxtGateway(settings, cast("Any", wire), door, judge, clock)
    await gateway.open()
    await gateway.account()
    return gateway, clock


async def kinds(made: Claims) -> None:
    """See that a perpetual is asked for where it is traded, and nowhere else."""
    wire = Wire()
    wallets = ("spot", "linear", "inverse")
    gateway, _ = await _opened(wire, wallets=wallets, symbols=(LINEAR, INVERSE))
    found = await gateway.positions()
    sizes = {key.partition(":")[2]: position.size for key, position in found.items()}
    made.claim("I-9", sizes == SIZES, f"positions {sizes}")
    wanted = [frozenset({market(symbol)["id"]}) for symbol in (LINEAR, INVERSE)]
    made.claim("I-9", wire.asked == wanted, f"asked for {wire.asked}")
    alone = Wire()
    gateway, _ = await _opened(alone, wallets=wallets, symbols=(INVERSE,))
    await gateway.positions()
    made.claim("I-28", len(alone.asked) == 1, f"asked {len(alone.asked)} times for one perpetual")


async def zeros(made: Claims) -> None:
    """See that what a wallet leaves out is zero only where a whole answer says so, and once."""
    wire = Wire(
        shown={
            Wallet.SPOT: ("BTC", "DOGE"),
            Wallet.FUNDING: ("ETH",),
            Wallet.LINEAR: ("USDT",),
            Wallet.INVERSE: ("BTC",),
        }
    )
    wallets = ("spot", "funding", "linear", "inverse")
    gateway, _ = await _opened(wire, wallets=wallets, symbols=(LINEAR, INVERSE))
    held = sorted((b.source, b.asset, str(b.quantity)) for b in await gateway.balances())
    spot = [("BTC", "1"), ("DOGE", "1"), ("ETH", "0"), ("USDT", "0")]
    wanted = [("main:funding", "ETH", "1"), *(("main:spot", *row) for row in spot)]
    made.claim("I-10", held == wanted, f"balances {held}")
    shown = sorted((m.source, m.asset, str(m.equity)) for m in await gateway.margins())
    inverse = [("BTC", "1"), ("ETH", "0"), ("USDT", "0")]
    wanted = [*(("main:inverse", *row) for row in inverse), ("main:linear", "USDT", "1")]
    made.claim("I-10", shown == wanted, f"margins {shown}")
    part, _ = await _opened(wire, wallets=("funding", "linear"), symbols=(LINEAR,))
    sources = {balance.source for balance in await part.balances()}
    made.claim("I-10", sources == {"main:funding"}, f"balances of {sources}")


async def settles(made: Claims) -> None:
    """See that each margin wallet must show what its own perpetuals are settled in."""
    cases: tuple[tuple[tuple[str, ...], tuple[Symbol, ...], list[set[Asset]]], ...] = (
        (("linear", "inverse"), (LINEAR, INVERSE), [{USDT}, {BTC}]),
        (("linear", "inverse"), (COINS,), [{Asset("USDC")}, {BTC}]),
        (("linear",), (), [{USDT}]),
        (("unified",), (COINS,), [{Asset("USDC"), BTC, ETH, USDT}]),
    )
    for wallets, symbols, wanted in cases:
        wire = Wire()
        gateway, _ = await _opened(wire, wallets=wallets, symbols=symbols)
        await gateway.margins()
        made.claim("I-11", wire.settles == wanted, f"{wallets} {symbols}: {wire.settles}")


async def play(made: Claims) -> None:
    """See that play money counts as what it stands for, and not beside it."""
    demo = Demo(method="x", hosts=frozenset({"x.example"}), play_money={VST: USDT})
    for names, mode, wanted in (
        (("VST",), Mode.TESTNET, ["USDT"]),
        (("VST", "USDT"), Mode.TESTNET, ["USDT"]),
        (("VST", "USDT"), Mode.LIVE, ["VST", "USDT"]),
    ):
        wire = Wire(shown={Wallet.LINEAR: names})
        profile = _profile(wire, demo=demo)
        gateway, _ = await _opened(wire, profile, wallets=("linear",), symbols=(LINEAR,), mode=mode)
        found = [margin.asset for margin in await gateway.margins()]
        made.claim("I-11", found == wanted, f"{names} in {mode} is {found}")


async def listed(made: Claims) -> None:
    """See that every order that rests is looked at, and no ended one from before."""
    rows = (("rests", True, -900), ("ended", False, -900), ("late", False, 0), ("new", True, 5))
    orders = tuple(
        VenueOrder(
            client_order_id=name,
            venue_order_id=name,
            instrument=InstrumentKey(f"main:{LINEAR}"),
            size=D(1),
            price=D(1),
            resting=resting,
            at_ms=NOW_MS + at_ms,
        )
        for name, resting, at_ms in rows
    )
    gateway, _ = await _opened(Wire(listed=orders), symbols=(LINEAR,))
    found = [order.client_order_id for order in await gateway.orders(LINEAR, NOW_MS)]
    made.claim("A2", found == ["rests", "late", "new"], f"orders {found}")
    for asked in (
        gateway.orders(STRANGER, 0),
        gateway.fills(STRANGER, 0),
        gateway.open_order_ids(STRANGER),
        gateway.origins(STRANGER, frozenset(), 0),
    ):
        said = await outcome(asked)
        made.claim("I-9", isinstance(said, CounterpoiseError), f"asked of a stranger: {said!r}")


async def closing(made: Claims) -> None:
    """See that all is let go of at the end, whatever else fails then."""
    for breaks in (False, True):
        wire = Wire(breaks=breaks)
        gateway, _ = await _opened(wire, symbols=(LINEAR,))
        await outcome(gateway.close())
        made.claim("I-43", wire.closed == ["requester", "door"], f"let go of {wire.closed}")


async def sides(made: Claims) -> None:
    """See that a position is of two sides only where account and perpetual both are."""
    for hedged, two_sided, may in (
        (False, True, True),
        (True, False, True),
        (True, True, False),  # and the venue does not say which side it is
    ):
        wire = Wire()
        facts = replace(ONE_WAY, hedge_mode=hedged)
        profile = _profile(wire, account=lambda *_, facts=facts: _given(facts))
        products = {
            wallet: tuple(replace(one, two_sided=two_sided) for one in found)
            for wallet, found in profile.products.items()
        }
        changed = replace(profile, products=products)
        gateway, _ = await _opened(wire, changed, wallets=("linear",), symbols=(LINEAR,))
        found = await outcome(gateway.positions())
        fits = isinstance(found, dict) if may else isinstance(found, SnapshotError)
        made.claim("I-9", fits, f"hedged {hedged}, two-sided {two_sided}: {found!r:.200}")


SCRIPTS = {
    "sides": waited(sides, "I-9"),
    "kinds": waited(kinds, "I-9"),
    "zeros": waited(zeros, "I-10"),
    "settles": waited(settles, "I-11"),
    "play": waited(play, "I-11"),
    "listed": waited(listed, "A2"),
    "closing": waited(closing, "I-43"),
}
