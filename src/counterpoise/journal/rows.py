"""Intents to rows and back, and the digests that let a row be checked against the chain."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from counterpoise.core.instrument import Asset, InstrumentKey, Symbol
from counterpoise.core.orders import ClientOrderId, Intent, IntentState, Order, Rule
from counterpoise.journal.schema import INTENT_COLUMNS, PAYLOAD_COLUMNS

Row = Mapping[Any, Any]  # by column name


def payload_row(intent: Intent) -> dict[str, Any]:
    """Return the columns of an intent that are fixed when it is recorded."""
    order = intent.order
    row: dict[str, Any] = {
        "client_order_id": intent.client_order_id,
        "sequence": intent.sequence,
        "cycle": intent.cycle,
        "asset": order.asset,
        "instrument": order.instrument,
        "symbol": order.symbol,
        "size": str(order.size),
        "limit_price": str(order.limit_price),
        "mark_price": str(order.mark_price),
        "notional": str(order.notional),
        "reduce_only": order.reduce_only,
        "rule": order.rule.value,
        "position_before": str(order.position_before),
        "completes": order.completes,
        "sent_at_ms": intent.sent_at_ms,
        "expires_at_ms": intent.expires_at_ms,
    }
    row["payload_hash"] = payload_digest(row)
    return row


def fact_row(intent: Intent) -> dict[str, Any]:
    """Return the columns of an intent that say what became of it."""
    return {
        "state": intent.state.value,
        "venue_order_id": intent.venue_order_id,
        "filled_size": str(intent.filled_size),
        "price_average": _text(intent.price_average),
        "fee": _text(intent.fee),
        "fee_asset": intent.fee_asset,
        "settled_at_ms": intent.settled_at_ms,
        "proof": intent.proof,
        "code": intent.code,
    }


def intent_of(row: Row) -> Intent:
    """Return the intent that a row holds."""
    order = Order(
        asset=Asset(row["asset"]),
        instrument=InstrumentKey(row["instrument"]),
        symbol=Symbol(row["symbol"]),
        size=Decimal(row["size"]),
        limit_price=Decimal(row["limit_price"]),
        mark_price=Decimal(row["mark_price"]),
        notional=Decimal(row["notional"]),
        reduce_only=row["reduce_only"],
        rule=Rule(row["rule"]),
        position_before=Decimal(row["position_before"]),
        completes=row["completes"],
    )
    return Intent(
        client_order_id=ClientOrderId(row["client_order_id"]),
        sequence=row["sequence"],
        cycle=row["cycle"],
        order=order,
        state=IntentState(row["state"]),
        sent_at_ms=row["sent_at_ms"],
        expires_at_ms=row["expires_at_ms"],
        venue_order_id=row["venue_order_id"],
        filled_size=Decimal(row["filled_size"]),
        price_average=_amount(row["price_average"]),
        fee=_amount(row["fee"]),
        fee_asset=None if row["fee_asset"] is None else Asset(row["fee_asset"]),
        settled_at_ms=row["settled_at_ms"],
        proof=row["proof"],
        code=row["code"],
    )


def payload_digest(row: Row) -> str:
    """Return the digest of what an intent orders."""
    return digest([row[name] for name in PAYLOAD_COLUMNS])


def fact_digest(row: Row) -> str:
    """Return the digest of an intent as it stands, what it orders included."""
    return digest([row[name] for name in INTENT_COLUMNS])


def digest(values: Sequence[Any]) -> str:
    """Return the digest of texts, numbers and nulls, which JSON keeps apart."""
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def _text(amount: Decimal | None) -> str | None:
    """Return an amount as it is stored."""
    return None if amount is None else str(amount)


def _amount(text: str | None) -> Decimal | None:
    """Return an amount as it was stored."""
    return None if text is None else Decimal(text)
