"""Whatever a cycle holds comes back from the journal as it was."""

from __future__ import annotations

import json
import types
import zlib
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from decimal import Decimal
from enum import EnumType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoise.core.instrument import Asset, Instrument, InstrumentKey, SpotKey
from counterpoise.core.orders import Order
from counterpoise.core.policy.policy import External, Policy, Proxied, Target, Trigger
from counterpoise.core.sides import Sides
from counterpoise.core.snapshot import Balance, BookTop, Mark, Position, SpotPrice
from counterpoise.core.state import AssetMemory
from counterpoise.errors import JournalError
from counterpoise.journal.codec import decode_cycle, decode_memory, encode_cycle, encode_memory
from counterpoise.ports import CycleRecord
from tests.journal.records import record

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20)
POSITIVE = st.decimals(min_value=Decimal("1E-12"), max_value=10**12, allow_nan=False)
SHARES = st.decimals(min_value=0, max_value=1, places=4)

PROXIED = (
    Proxied(
        asset=Asset("ALT"),
        weight=Decimal(0),
        sources=("main:spot",),
        drift=Decimal("0.05"),
        carrier=record(1).policy.targets[0].asset,
        beta=Decimal("1.2"),
        spot=SpotKey("main:ALT/USDT"),
    ),
)

# Where a value refuses nonsense, what sense is.
SENSIBLE: dict[type, dict[str, st.SearchStrategy[Any]]] = {
    Balance: {"quantity": POSITIVE},
    Position: {"sides": st.none()},  # they must agree with the size: see below
    Sides: {"long": POSITIVE, "short": POSITIVE},
    Mark: {"mark_price": POSITIVE},
    SpotPrice: {"bid": SHARES.map(lambda d: d + 1), "ask": SHARES.map(lambda d: d + 2)},
    BookTop: {"bid": SHARES.map(lambda d: d + 1), "ask": SHARES.map(lambda d: d + 2)},
    Instrument: {
        **dict.fromkeys(("size_step", "price_step", "size_min", "notional_min"), POSITIVE),
        "size_max": st.none(),
        "multiplier": POSITIVE,
    },
    Order: dict.fromkeys(("size", "limit_price", "mark_price"), POSITIVE),
    External: {"quantity": POSITIVE},
    Target: {"weight": SHARES, "drift": POSITIVE},
    Trigger: {"return_to": SHARES},
    Policy: {
        "exposure": SHARES,
        "targets": st.just(record(1).policy.targets),
        "proxied": st.sampled_from(((), PROXIED)),
    },
}

PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    Decimal: AMOUNTS,
    str: TEXTS,
    int: st.integers(-(2**53), 2**53),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    types.NoneType: st.none(),
}


def values(shape: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401  # any annotation at all
    """Return values of an annotated shape, down to its leaves: a new field is covered at once."""
    shape = getattr(shape, "__supertype__", shape)
    inner, origin = get_args(shape), get_origin(shape)
    if shape in PLAIN:
        return PLAIN[shape]
    if isinstance(shape, EnumType):
        return st.sampled_from(list(shape))
    if is_dataclass(shape):
        return _made(shape)
    if origin in (Union, types.UnionType):
        return st.one_of(*map(values, inner))
    if origin is tuple:
        return st.lists(values(inner[0]), max_size=1).map(tuple)
    if origin is frozenset:
        return st.frozensets(values(inner[0]), max_size=1)
    assert origin is Mapping, shape
    return st.dictionaries(values(inner[0]), values(inner[1]), max_size=1)


def _made(shape: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401  # a dataclass
    hints, sensible = get_type_hints(shape), SENSIBLE.get(shape, {})
    every = {f.name: values(hints[f.name]) for f in fields(shape) if f.name not in sensible}
    return st.builds(shape, **every, **sensible)


@settings(max_examples=15)
@given(cycle=values(CycleRecord))
def test_any_cycle_comes_back_as_it_was(cycle: CycleRecord) -> None:
    assert repr(decode_cycle(encode_cycle(cycle))) == repr(cycle)


@given(memory=values(AssetMemory))
def test_any_memory_comes_back_as_it_was(memory: AssetMemory) -> None:
    assert repr(decode_memory(encode_memory(memory))) == repr(memory)


@given(sides=values(Sides))
def test_a_position_of_two_sides_comes_back_as_it_was(sides: Sides) -> None:
    cycle, key = record(1), InstrumentKey("main:BTC/USDT:USDT")
    shown = {key: Position(instrument=key, size=sides.net, sides=sides)}
    known = replace(cycle, snapshot=replace(cycle.snapshot, positions=shown))
    assert decode_cycle(encode_cycle(known)).snapshot.positions[key].sides == sides


def test_every_field_with_a_default_may_be_missing_from_an_older_record() -> None:
    memory = decode_memory("{}")
    assert all(f.default is not MISSING or f.default_factory is not MISSING for f in fields(memory))
    assert memory == AssetMemory()


@pytest.mark.parametrize("body", [b"", b"{}", zlib.compress(b"{}"), zlib.compress(b"not json")])
def test_a_cycle_of_another_shape_is_said_to_be_so(body: bytes) -> None:
    with pytest.raises(JournalError, match="another version"):
        decode_cycle(body)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1,5", ""])
def test_what_is_no_amount_is_not_read_as_one(amount: str) -> None:
    with pytest.raises(JournalError):
        decode_memory(f'{{"position": "{amount}"}}')


NEW_SINCE: Mapping[
    str, tuple[str, ...]
] = {  # below which keys, what the first version did not have
    "snapshot": ("spots",),
    "policy": ("proxied",),
    "plan.decisions.*.view": ("carried_weight", "carrier"),
    "policy.targets.*": ("spot",),
    "snapshot.instruments.*": ("multiplier",),
}


def parts_of(body: Any, way: list[str]) -> list[Any]:  # noqa: ANN401 - JSON
    if not way:
        return [body]
    first, *rest = way
    if first != "*":
        return parts_of(body[first], rest) if body.get(first) is not None else []
    inner = body.values() if isinstance(body, dict) else body
    return [part for one in inner for part in parts_of(one, rest)]


def test_a_cycle_of_before_multiples_and_proxies_is_still_read() -> None:
    made = record(1)
    body = json.loads(zlib.decompress(encode_cycle(made)))
    removed = 0
    for way, names in NEW_SINCE.items():
        for part in parts_of(body, way.split(".")):
            for name in names:
                removed += part.pop(name, None) is not None or name in {"spot", "carrier"}
    assert removed >= len(NEW_SINCE)
    assert decode_cycle(zlib.compress(json.dumps(body).encode())) == made
