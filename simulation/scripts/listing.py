"""What is listed and may be traded, and what a rehearsal makes of an order for it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from counterpoise.core.instrument import Asset, Kind, Symbol, VenueName
from counterpoise.core.orders import Fill, Intent, Order, VenueStatus
from counterpoise.core.settlement import reported
from counterpoise.errors import SettingsError, SnapshotError, Unavailable
from counterpoise.journal.store import SqlJournal
from counterpoise.venues.binance import PROFILE
from counterpoise.venues.dialect import Product, Unit, Wallet
from counterpoise.venues.mapping import listed_of, order_amount, order_price, perpetual
from counterpoise.venues.shadow import ShadowGateway
from simulation.scripts.claims import Claims, outcome, refusal, told, waited
from simulation.scripts.dividing import INVERSE, LINEAR, market
from tests.sim.gateway import TWO, FakeGateway, trade
from tests.sim.parts import clock_now, journal_in_memory, order_for, recorded

D = Decimal
MAIN = VenueName("main")
(USUAL,) = PROFILE.products[Wallet.LINEAR][:1]
BTC, ETH = TWO["BTC"].key, TWO["ETH"].key
SELL, BUY = order_for("BTC", D("-0.08")), order_for("BTC", D("0.05"))


def _listed(product: Product = USUAL, **changed: object) -> object:
    return listed_of({**market(LINEAR), **changed}, MAIN, {Kind.LINEAR: product})


def facts(made: Claims) -> None:
    """See that a perpetual is taken with the sizes and steps that it has, and not without."""
    found = listed_of(market(LINEAR), MAIN, {Kind.LINEAR: USUAL}).instrument
    got = (found.size_step, found.size_min, found.size_max, found.notional_min, found.price_step)
    wanted = (D("0.001"), D("0.001"), None, D(0), D("0.1"))
    made.claim("I-34", got == wanted, f"listed as {got}")
    limits: tuple[tuple[object, tuple[object, ...]], ...] = (
        ({"amount": {"min": "5", "max": "9"}, "cost": {"min": "20"}}, (D(5), D(9), D(20))),
        ({"amount": {"min": "0.000", "max": "0"}, "cost": None}, (D(0), None, D(0))),
        ({"amount": {"max": None}, "cost": {}}, (D(0), None, D(0))),
        ({"price": {"min": "1"}}, (D(0), None, D(0))),
    )
    for said, bounds in limits:
        one = listed_of({**market(LINEAR), "limits": said}, MAIN, {Kind.LINEAR: USUAL}).instrument
        got_ = (one.size_min, one.size_max, one.notional_min)
        made.claim("R10", got_ == bounds, f"{said} bounds {got_}")
    counted = replace(USUAL, unit=Unit.CONTRACTS, contract_size=None)
    many = listed_of({**market(LINEAR), "contractSize": "0.01"}, MAIN, {Kind.LINEAR: counted})
    sizes = (many.size_per_amount, many.instrument.size_step, many.instrument.size_min)
    made.claim("I-34", sizes == (D("0.01"), D("0.00001"), D("0.00001")), f"contracts of {sizes}")
    stepped = replace(USUAL, amount_step=D(1))
    step = listed_of(market(LINEAR), MAIN, {Kind.LINEAR: stepped}).instrument.size_step
    made.claim("I-13", step == D(1), f"a step of {step}, where the venue's own is 1")
    for asset, may in (("BTC", True), ("ETH", False), ("BTCDOM", False)):
        error = refusal(
            lambda a=asset: listed_of(market(LINEAR), MAIN, {Kind.LINEAR: USUAL}, Asset(a))  # type: ignore[misc]
        )
        fits = error is None if may else isinstance(error, SettingsError)
        made.claim("I-34", fits, f"a perpetual of BTC hedges {asset}: {error!r}")
    apart = replace(USUAL, must_be_true="apiAllowed")
    for info, active, may in (
        ({"apiAllowed": True}, True, True),
        ({"apiAllowed": False}, True, False),
        ({"apiAllowed": True}, False, False),
        ({"apiAllowed": True}, None, False),
    ):
        row = {**market(LINEAR), "info": info, "active": active}
        trading = listed_of(row, MAIN, {Kind.LINEAR: apart}).instrument.trading
        made.claim("E3", trading is may, f"{info}, active {active}: trades {trading}")
    wrong: tuple[dict[str, object], ...] = (
        {"contractSize": "10"},
        {"contractSize": None},
        {"info": {}},
    )
    for changed in wrong:
        error = refusal(lambda changed=changed: _listed(apart, **changed))  # type: ignore[misc]
        known = isinstance(error, SettingsError | SnapshotError)
        made.claim("I-34", known, f"{changed}: {error!r}")


def perpetuals(made: Claims) -> None:
    """See that nothing but a perpetual of a wallet that is looked at is traded."""
    spot = {**market(LINEAR), "swap": False}
    known = {LINEAR: market(LINEAR), INVERSE: market(INVERSE), "BTC/USDT": spot, "X/Y:Z": spot}
    cases: tuple[tuple[str, tuple[Kind, ...], bool], ...] = (
        (LINEAR, (Kind.LINEAR,), True),
        (INVERSE, (Kind.LINEAR, Kind.INVERSE), True),
        (INVERSE, (Kind.LINEAR,), False),
        (LINEAR, (Kind.INVERSE,), False),
        ("BTC/USDT", (Kind.LINEAR,), False),
        ("X/Y:Z", (Kind.LINEAR,), False),
        ("BTC/USDTT:USDT", (Kind.LINEAR,), False),
        ("XRP", (Kind.LINEAR,), False),
    )
    for symbol, kinds, may in cases:
        error = refusal(
            lambda symbol=symbol, kinds=kinds: perpetual(known, Symbol(symbol), MAIN, kinds)  # type: ignore[misc]
        )
        fits = error is None if may else isinstance(error, SettingsError)
        made.claim("F6", fits, f"{symbol} for {kinds}: {error!r}")
    empty = refusal(lambda: perpetual({}, LINEAR, MAIN, (Kind.LINEAR,)))
    made.claim("F6", isinstance(empty, SettingsError), f"of nothing listed: {empty!r}")


def amounts(made: Claims) -> None:
    """See that an order leaves in the venue's own amounts, exact, or not at all."""
    counted = replace(USUAL, unit=Unit.CONTRACTS, contract_size=None)
    row = {**market(LINEAR), "contractSize": "0.01", "precision": {"amount": "1", "price": "0.1"}}
    listed = listed_of(row, MAIN, {Kind.LINEAR: counted})
    order = replace(SELL, size=D("-0.05"), limit_price=D("50000.1"))
    amount = order_amount(order, listed)
    made.claim("I-34", amount == D(5), f"0.05 in contracts of 0.01 are {amount}")
    for changed in ({"size": D("0.055")}, {"size": D("0.005")}):
        error = refusal(lambda c=changed: order_amount(replace(order, **c), listed))  # type: ignore[misc]
        made.claim("I-13", isinstance(error, Unavailable), f"{changed}: {error!r}")
    price = refusal(lambda: order_price(replace(order, limit_price=D("50000.15")), listed))
    made.claim("I-13", isinstance(price, Unavailable), f"a price between steps: {price!r}")


class Rehearsal:
    """A dry-run: the journal in memory, the account made of values, the shadow between them."""

    def __init__(self, journal: SqlJournal) -> None:
        """Begin with a flat account."""
        self.journal, self.account = journal, FakeGateway()
        self.shadow = self.restarted()

    def restarted(self) -> ShadowGateway:
        """Return a shadow that knows nothing yet."""
        return ShadowGateway(self.account, self.journal, clock_now())

    async def placed(self, order: Order) -> Intent:
        """Place an order, and record what became of it as the executor does."""
        (intent,) = await recorded(self.journal, order)
        await self.shadow.open()
        await self.shadow.books()
        report = await self.shadow.place(intent)
        intent = reported(intent, report, now_ms=intent.sent_at_ms + 1, proof="test")
        await self.journal.record_outcome(intent)
        return intent

    async def size(self) -> Decimal:
        """Return the position of BTC."""
        return (await self.shadow.positions())[BTC].size


async def rehearsal(made: Claims) -> None:
    """See that a dry-run writes nothing, fills at the touch, and remembers over restarts."""
    async with journal_in_memory(clock_now()) as journal:
        run = Rehearsal(journal)
        (early,) = await recorded(journal, order_for("ETH", D(1)))
        said = await outcome(run.shadow.place(early))
        made.claim("I-23", isinstance(said, Unavailable), f"filled against no book: {said!r}")
        run.account.world = TWO.changed(replace(TWO["BTC"], size=D("0.5")))
        before = await run.size()
        sold = await run.placed(SELL)
        paid = (sold.filled_size, sold.price_average)
        made.claim("I-30", paid == (SELL.size, D("49999.5")), f"sold {paid}")
        sizes = (before, await run.size())
        made.claim("I-31", sizes == (D("0.5"), D("0.42")), f"positions {sizes}")
        bought = await run.placed(BUY)
        made.claim("I-30", bought.price_average == D("50000.5"), f"at {bought.price_average}")
        made.claim("I-31", await run.size() == D("0.47"), f"then {await run.size()}")
        other = (await run.shadow.positions())[ETH].size
        made.claim("I-31", other == 0, f"another asset has {other}")
        run.shadow = run.restarted()
        made.claim("I-31", await run.size() == D("0.47"), f"restarted {await run.size()}")
        made.claim("I-23", "place" not in run.account.asked, "an order was sent")
        await _beside(made, run, sold)


async def _beside(made: Claims, run: Rehearsal, sold: Intent) -> None:
    """See bounds, trades, and that all else is the account itself."""
    await run.shadow.open()
    await run.shadow.books()
    for order in (replace(SELL, limit_price=D(50_000)), replace(BUY, limit_price=D(50_000))):
        report = await run.shadow.place(replace(sold, order=order))
        got = (report.status, report.filled_size, report.price_average)
        made.claim("I-12", got == (VenueStatus.ENDED, D(0), None), f"beyond its bound: {got}")
    run.account.trades = (trade(sold, venue_order_id="real"),)
    found: tuple[Fill, ...] = await run.shadow.fills(SELL.symbol, sold.sent_at_ms)
    rows = [(fill.venue_order_id[:6], fill.size, fill.fee) for fill in found]
    fee = D("0.08") * D("49999.5") * D("0.0005"), D("0.05") * D("50000.5") * D("0.0005")
    wanted = [("real", SELL.size, D("0.5"))]
    wanted += [("shadow", SELL.size, fee[0]), ("shadow", BUY.size, fee[1])]
    made.claim("I-31", rows == wanted, f"trades {rows}")
    later = await run.shadow.fills(SELL.symbol, sold.sent_at_ms + 2)
    made.claim("I-31", later == (), f"trades since then: {later}")
    aside = await run.shadow.fills(order_for("ETH").symbol, 0)
    made.claim("I-31", len(aside) == 1, f"trades of another asset: {aside}")
    ids = await run.shadow.open_order_ids(SELL.symbol)
    made.claim("I-6", await run.shadow.find(sold) is None and not ids, "a shadow order rests")
    await run.shadow.close()
    made.claim("I-43", run.account.asked[-1] == "close", "the account is not let go of")


SCRIPTS = {
    **{trap.__name__: told(trap, "I-34") for trap in (facts, perpetuals, amounts)},
    "rehearsal": waited(rehearsal, "I-23"),
}
