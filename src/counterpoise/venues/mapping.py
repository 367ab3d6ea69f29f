"""ccxt's market facts into our instruments, and our sizes into a venue's amounts. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from counterpoise.core.instrument import Asset, Instrument, Kind, Symbol, VenueName
from counterpoise.core.multiples import multiplier
from counterpoise.core.orders import Order
from counterpoise.core.snapshot import Balance, Margin
from counterpoise.core.units import ONE, ZERO, is_multiple, plain
from counterpoise.errors import SettingsError, Unsent
from counterpoise.venues.dialect import Listed, Product, Unit
from counterpoise.venues.shapes import Record, flag, not_negative, positive, record, text

NEAREST_COUNT = 3
NEAREST_CUTOFF = 0.5


def listed_of(
    market: Mapping[str, object],
    venue: VenueName,
    products: Mapping[Kind, Product],
    hedged: Asset | None = None,
) -> Listed:
    """
    Return one perpetual as ccxt describes it, of the asset that it hedges: by default its base.

    Raises SnapshotError if a fact is missing, and SettingsError if the contract is not of the size
    that this venue's amounts count in, or is of another asset.
    """
    symbol = text(market, "symbol", "market")
    what = f"market {symbol}"
    product = products[kind_of(market)]
    per_amount = _size_per_amount(market, product, what)
    asset, count = _counted(market, what, hedged)
    precision = record(market.get("precision"), what)
    limits = record(market.get("limits"), what)
    facts = record(market.get("info"), what)
    instrument = Instrument(
        venue=venue,
        symbol=Symbol(symbol),
        base=asset,
        quote=Asset(text(market, "quote", what)),
        settle=Asset(text(market, "settle", what)),
        kind=product.kind,
        size_step=(product.amount_step or positive(precision, "amount", what)) * per_amount,
        size_min=(_limit(limits, "amount", "min", what) or ZERO) * per_amount,
        size_max=_scaled(_limit(limits, "amount", "max", what), per_amount),
        notional_min=_limit(limits, "cost", "min", what) or ZERO,
        price_step=positive(precision, "price", what),
        taker_fee=not_negative(market, "taker", what),  # some contracts trade free of fees
        trading=market.get("active") is True and _open_to_programs(facts, product, what),
        multiplier=count,
    )
    return Listed(
        instrument=instrument,
        market_id=text(market, "id", what),
        size_per_amount=per_amount,
        facts=facts,
    )


def _counted(market: Record, what: str, hedged: Asset | None) -> tuple[Asset, Decimal]:
    """Return the asset of a market, and how many units of it one of the market's base is."""
    base = text(market, "base", what)
    asset = Asset(base) if hedged is None else hedged
    own_name = market.get("baseName")  # in the venue's own letters, where ccxt keeps them
    count = multiplier(base, asset, own_name if isinstance(own_name, str) else "")
    if count is None:
        raise SettingsError(
            f"{what}: it is a perpetual of {base}, not of {asset}, and of no multiple of it",
            hint=f"name a perpetual of {asset}, or hedge it with another asset's by `proxy`",
        )
    return asset, count


def _open_to_programs(facts: Record, product: Product, what: str) -> bool:
    return not product.must_be_true or flag(facts, product.must_be_true, what)


def kind_of(market: Record) -> Kind:
    """Return how a perpetual is settled."""
    return Kind.INVERSE if market.get("inverse") is True else Kind.LINEAR


def kind_named(symbol: Symbol) -> Kind:
    """Return how a perpetual is settled, by its name alone."""
    pair, _, settle = symbol.partition(":")
    return Kind.INVERSE if pair.partition("/")[0] == settle else Kind.LINEAR


def _size_per_amount(market: Record, product: Product, what: str) -> Decimal:
    """Return how much size, base units or quote units if inverse, one unit of an amount is."""
    stated = positive(market, "contractSize", what)
    if product.contract_size is not None and stated != product.contract_size:
        raise SettingsError(
            f"{what}: its contract size is {plain(stated)}, not {plain(product.contract_size)}",
            hint="sizes would be wrong by that factor: take this perpetual out of the settings",
        )
    return stated if product.unit is Unit.CONTRACTS else ONE


def _limit(limits: Record, kind: str, end: str, what: str) -> Decimal | None:
    """Return one limit, or None where the venue states none."""
    bounds = limits.get(kind)
    if not isinstance(bounds, dict) or bounds.get(end) is None:
        return None
    if str(bounds[end]).strip("0.") == "":
        return None
    return positive(bounds, end, what)


def _scaled(value: Decimal | None, factor: Decimal) -> Decimal | None:
    return None if value is None else value * factor


def perpetual(
    markets: Mapping[str, Record], symbol: Symbol, venue: VenueName, kinds: Collection[Kind]
) -> Record:
    """
    Return the market of a configured perpetual, of one of these kinds.

    Raises SettingsError that names the nearest one if the venue does not list it, or if it is no
    such perpetual.
    """
    market = markets.get(symbol)
    if market is not None and market.get("swap") is True and kind_of(market) in kinds:
        return market
    perpetuals = [
        name for name, one in markets.items() if one.get("swap") is True and kind_of(one) in kinds
    ]
    named = f'perpetual = "{venue}:{symbol}"'
    hint = f"did you mean {' or '.join(nearest(symbol, perpetuals))}?"
    if market is not None and market.get("swap") is True:
        wallet = kind_of(market)
        raise SettingsError(
            f"{named} is settled in {market.get('settle')}",
            hint=f'write "{wallet}" into venues.{venue}.wallets, or: {hint}',
        )
    if market is not None or ":" not in symbol:
        raise SettingsError(f"{named} is no perpetual", hint=hint)
    raise SettingsError(f"{named} is not listed there", hint=hint)


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """Return up to three of `known` that look like `word`, the likeliest first."""
    names = sorted(known)
    begun = [name for name in names if name.startswith(f"{word}:")]
    upper = {name.upper(): name for name in names}
    close = difflib.get_close_matches(word.upper(), upper, n=NEAREST_COUNT, cutoff=NEAREST_CUTOFF)
    found = list(dict.fromkeys([*begun, *(upper[name] for name in close)]))
    return found[:NEAREST_COUNT] or names[:NEAREST_COUNT] or ["nothing: it lists none"]


def order_amount(order: Order, listed: Listed) -> Decimal:
    """Return the venue's amount for an order; Unsent if it is no whole number of steps."""
    size = abs(order.size)
    if not is_multiple(size, listed.instrument.size_step):
        raise Unsent(f"{order.symbol}: {plain(size)} is no multiple of the size step")
    return size / listed.size_per_amount


def order_price(order: Order, listed: Listed) -> Decimal:
    """Return the limit price of an order; Unsent if it is no whole number of steps."""
    if not is_multiple(order.limit_price, listed.instrument.price_step):
        price = plain(order.limit_price)
        raise Unsent(f"{order.symbol}: {price} is no multiple of the price step")
    return order.limit_price


def no_balance(source: str, asset: Asset) -> Balance:
    """Return that nothing of an asset is there."""
    return Balance(source=source, asset=asset, quantity=ZERO)


def no_margin(source: str, asset: Asset) -> Margin:
    """Return a margin account without anything in it."""
    return Margin(source=source, asset=asset, equity=ZERO, wallet=ZERO, maintenance=ZERO)


def named_as(shown: Iterable[Margin], stands_for: Mapping[Asset, Asset]) -> tuple[Margin, ...]:
    """Return margin accounts by what their play money stands for, in a test environment."""
    listed = tuple(shown)
    real = {one.asset for one in listed} & set(stands_for.values())
    return tuple(
        replace(one, asset=stands_for.get(one.asset, one.asset))
        for one in listed
        if stands_for.get(one.asset) not in real
    )
