"""What a perpetual counts, as its name has it, and spot prices, read as strictly as the others."""

from __future__ import annotations

from dataclasses import replace

from counterpoise.core.instrument import Asset, SpotKey, Symbol
from counterpoise.core.multiples import may_count, multiplier, wants_proof
from counterpoise.core.snapshot import SpotPrice
from simulation.scripts.answers import LISTING, D, is_error, whatever
from simulation.scripts.bench import Bench, bench, sprung
from tests.venues.fake import ETH, answer, market

PRICE, CANDLES = "/api/v3/ticker/bookTicker", "/api/v3/klines"
PEPE = Symbol("PEPE/USDT")
KEY = SpotKey("main:PEPE/USDT")
GOOD = {"symbol": "PEPEUSDT", "bidPrice": "0.00001", "askPrice": "0.000011"}
WRONG_CANDLES: tuple[object, ...] = (
    {},
    [],
    [7],
    [[1, "1"]],
    [[1, "1", "1", "1", "0"]],
    [["x", "1", "1", "1", "1"]],
)
COUNTED = Symbol("1000ETH/USDT:USDT")


def _named(made: Bench, symbol: Symbol, base: str, asset: str) -> None:
    """Let the venue list one perpetual, and the settings hedge an asset with it."""
    listed = market("ETHUSDT", base, "0.001", "0.01")
    made.fresh().says("GET", LISTING, {"symbols": [listed]})
    config = vars(made.gateway)["_config"]
    hedged = {symbol: Asset(asset)}
    vars(made.gateway)["_config"] = replace(config, symbols=(symbol,), hedged=hedged)


async def names(made: Bench) -> None:
    """See that a perpetual hedges its own asset, a multiple of it that many, and no other."""
    for symbol, base, asset, count in (
        (ETH, "ETH", "ETH", 1),
        (COUNTED, "1000ETH", "ETH", 1_000),
        (COUNTED, "1000ETH", "1000ETH", 1),
        (Symbol("1METH/USDT:USDT"), "1METH", "ETH", 1_000_000),
        (Symbol("ETH10000/USDT:USDT"), "ETH10000", "ETH", 10_000),
    ):
        _named(made, symbol, base, asset)
        (one,) = await made.gateway.open()
        facts = (one.base, one.multiplier, one.size_step)
        wanted = (Asset(asset), D(count), D("0.001"))
        made.claim("I-34", facts == wanted, f"{base} for {asset}: {facts}")
    for symbol, base, asset in (
        (ETH, "ETH", "BTC"),
        (COUNTED, "1000ETH", "TH"),
        (Symbol("KETH/USDT:USDT"), "KETH", "ETH"),
        (Symbol("100ETH/USDT:USDT"), "100ETH", "ETH"),
        (Symbol("2000ETH/USDT:USDT"), "2000ETH", "ETH"),
    ):
        _named(made, symbol, base, asset)
        found = await whatever(made.gateway.open())
        made.claim("F6", is_error(found), f"{base} for {asset}: {found!r:.200}")


async def letters(made: Bench) -> None:
    """See what names tell of multiples by themselves, and where only a price tells."""
    for base, own_name, asset, count in (
        ("KETH", "kETH", "ETH", 1_000),
        ("KETH", "KETH", "ETH", None),
        ("KETH", "", "ETH", None),
        ("1000ETH", "", "ETH", 1_000),
        ("100ETH", "", "ETH", None),
        ("ETH", "", "ETH", 1),
    ):
        found = multiplier(base, Asset(asset), own_name)
        made.claim("F6", found == count, f"{base} {own_name} counts {found} of {asset}")
    for base, asset, may, proof in (
        ("ETH", "ETH", True, False),
        ("1000ETH", "ETH", True, True),
        ("1000ETH", "1000ETH", True, True),
        ("KETH", "ETH", True, True),
        ("KETH", "KETH", True, False),
        ("ETH", "BTC", False, True),
        ("XETH", "ETH", False, True),
        ("1INCH", "1INCH", True, False),
    ):
        said = (may_count(base, Asset(asset)), wants_proof(base, Asset(asset)))
        made.claim("F6", said == (may, proof), f"{base} for {asset}: {said}")


async def prices(made: Bench) -> None:
    """See that a spot price is that of the market asked for, or none."""
    made.fresh().says("GET", PRICE, GOOD)
    found = await whatever(made.gateway.spots())
    wanted = {KEY: SpotPrice(market=KEY, bid=D("0.00001"), ask=D("0.000011"), at_ms=None)}
    made.claim("I-5", found == wanted, f"read as {found!r:.200}")
    asked = made.venue.seen("GET", PRICE)
    made.claim("I-5", asked == [{"symbol": "PEPEUSDT"}], f"asked for {asked}")
    for said in (
        {},
        [],
        [GOOD, GOOD],
        {**GOOD, "symbol": "BTCUSDT"},
        {**GOOD, "bidPrice": "0"},
        {**GOOD, "askPrice": "0.00000000"},
        {**GOOD, "bidPrice": "0.00002"},
        {**GOOD, "bidPrice": "-1"},
        {**GOOD, "askPrice": "NaN"},
        {"symbol": "PEPEUSDT", "bidPrice": "0.00001"},
        answer("<html>", 200),
        answer({"code": -1121, "msg": "Invalid symbol."}, 400),
    ):
        made.fresh().says("GET", PRICE, said)
        found = await whatever(made.gateway.spots())
        made.claim("I-9", is_error(found), f"{said!r:.90}: {found!r:.200}")


async def candles(made: Bench) -> None:
    """See that candles are prices at times, or none."""
    made.fresh().says("GET", CANDLES, [[4, "1", "1", "1", "3", "9"], [2, "1", "1", "1", "2", "9"]])
    found = await whatever(made.gateway.closes(PEPE))
    pairs = [(c.from_ms, c.price) for c in found] if isinstance(found, tuple) else found
    made.claim("I-5", pairs == [(2, D(2)), (4, D(3))], f"read as {found!r:.200}")
    for said in WRONG_CANDLES:
        made.fresh().says("GET", CANDLES, said)
        found = await whatever(made.gateway.closes(PEPE))
        made.claim("I-9", is_error(found), f"{said!r:.90}: {found!r:.200}")


def priced() -> Bench:
    """Return a gateway that is asked for a spot price."""
    return bench(spots=(PEPE,))


SCRIPTS = {
    "letters": sprung(letters, invariant="F6"),
    "names": sprung(names, invariant="F6"),
    "prices": sprung(prices, priced),
    "candles": sprung(candles, priced),
}
