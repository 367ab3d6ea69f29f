"""Whose an action is: the exchange recovers what ccxt signed, and nothing else gets in."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import ccxt.async_support as ccxt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoise.exchange.dialects.hyperliquid.curve import ORDER, address_of, signer_of
from counterpoise.exchange.dialects.hyperliquid.keccak import keccak
from counterpoise.exchange.dialects.hyperliquid.packing import packed
from counterpoise.exchange.dialects.hyperliquid.signing import NONCES_KEPT
from counterpoise.exchange.local import LocalExchange, LocalExchangeConfig, MemoryTransport, build
from counterpoise.ports import HttpRequest
from tests.exchange.dialects.hyperliquid_speaker import CONFIG, Hyperliquid, cloid
from tests.exchange.dialects.speaking import Json
from tests.exchange.wires import Controller, FakeClock

OTHER_KEY = "0x" + "12" * 32
LIBRARY = ccxt.hyperliquid()  # without a session: nothing of it is ever to be closed
HASHES = {
    b"": "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
    b"abc": "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
}
parts = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2**64 - 1) | st.text(max_size=300),
    lambda inner: (
        st.lists(inner, max_size=20) | st.dictionaries(st.text(max_size=40), inner, max_size=20)
    ),
    max_leaves=30,
)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def exchange(clock: FakeClock) -> LocalExchange:
    return build(LocalExchangeConfig(venue="hyperliquid", speed=0), clock)  # type: ignore[arg-type]


@pytest.fixture
async def trader(exchange: LocalExchange) -> AsyncIterator[ccxt.hyperliquid]:
    made = Hyperliquid().client(MemoryTransport(exchange), exchange)
    await made.load_markets()
    yield made
    await made.close()


def order(**changed: object) -> Json:
    kept = {"a": 0, "b": True, "p": "87400", "s": "0.02", "r": False}
    terms = {"t": {"limit": {"tif": "Ioc"}}, "c": cloid("one1")}
    return {"type": "order", "orders": [{**kept, **terms, **changed}], "grouping": "na"}


def signed(
    trader: ccxt.hyperliquid, action: Json, nonce: int | None = None, **more: int | None
) -> Json:
    stamp = trader.milliseconds() if nonce is None else nonce
    expires = more.get("expiresAfter")
    signature = trader.sign_l1_action(action, stamp, None, expires)
    body = {"action": action, "nonce": stamp, "signature": signature}
    return body if expires is None else {**body, "expiresAfter": expires}


async def acted(exchange: LocalExchange, body: Json) -> Json | int:
    request = HttpRequest(
        method="POST", url="http://venue/exchange", body=json.dumps(body).encode()
    )
    answer = exchange.answer(request).response
    assert answer is not None
    if answer.status != 200:
        return answer.status
    told: Json = json.loads(answer.body)
    return told


async def said(exchange: LocalExchange, body: Json) -> str:
    """Return the words in which an action was refused."""
    told = await acted(exchange, body)
    assert isinstance(told, dict)
    assert told["status"] == "err"
    return str(told["response"])


def filled(told: Json | int) -> bool:
    return (
        isinstance(told, dict)
        and told["status"] == "ok"
        and "filled" in told["response"]["data"]["statuses"][0]
    )


@pytest.mark.parametrize(("text", "digest"), HASHES.items())
def test_the_hash_is_ethereums(text: bytes, digest: str) -> None:
    assert keccak(text).hex() == digest


@given(st.binary(max_size=600))
def test_any_length_hashes_as_in_ccxt(text: bytes) -> None:
    assert keccak(text).hex() == LIBRARY.hash(text, "keccak", "hex")


@given(parts)
def test_whatever_an_action_holds_is_packed_as_in_ccxt(part: object) -> None:
    assert packed(part) == LIBRARY.packb(part)


@pytest.mark.parametrize("part", [-1, 2**64, 0.5, object()])
def test_what_no_action_holds_is_not_packed(part: object) -> None:
    with pytest.raises(ValueError, match="not packed"):
        packed([part])


@pytest.mark.parametrize("key", [1, 2, 3, ORDER - 1, ORDER // 2, 0xC0FFEE])
def test_addresses_and_signers_are_those_of_ccxt(key: int) -> None:
    private = f"0x{key:064x}"
    assert address_of(private) == LIBRARY.eth_get_address_from_private_key(private)
    for text in (b"one", b"two", b"three", b"four"):
        digest = keccak(text)
        made = LIBRARY.sign_hash(digest.hex(), private)
        assert signer_of(digest, int(made["r"], 16), int(made["s"], 16), made["v"]) == address_of(
            private
        )


@pytest.mark.parametrize(("r", "s", "v"), [(0, 1, 27), (1, 0, 27), (ORDER, 1, 27), (1, 1, 29)])
def test_what_can_be_no_signature_has_no_signer(r: int, s: int, v: int) -> None:
    with pytest.raises(ValueError, match="no signature"):
        signer_of(keccak(b""), r, s, v)


def test_a_number_that_is_no_point_of_the_curve_has_no_signer() -> None:
    with pytest.raises(ValueError, match="no point"):
        signer_of(keccak(b""), 5, 1, 27)


@pytest.mark.parametrize("key", ["0x0", f"0x{ORDER:x}"])
def test_what_is_no_private_key_has_no_address(key: str) -> None:
    with pytest.raises(ValueError, match="no private key"):
        address_of(key)


async def test_what_the_agent_signed_is_carried_out_once(
    trader: ccxt.hyperliquid, exchange: LocalExchange
) -> None:
    body = signed(trader, order())
    assert filled(await acted(exchange, body))
    assert await said(exchange, body) == "Invalid nonce: duplicate nonce"
    assert len(await trader.fetch_my_trades("BTC/USDC:USDC")) == 1


@pytest.mark.parametrize("changed", [{"s": "0.2"}, {"b": False}, {"p": "87401"}, {"r": True}])
async def test_an_order_changed_after_signing_is_somebody_elses(
    trader: ccxt.hyperliquid, exchange: LocalExchange, changed: Json
) -> None:
    body = signed(trader, order()) | {"action": order(**changed)}
    told = await said(exchange, body)
    assert told.startswith("User or API Wallet 0x")
    assert await trader.fetch_positions() == []


@pytest.mark.parametrize("changed", [{"s": "0.020"}, {"p": "87400.0"}])
async def test_a_trailing_zero_makes_it_somebody_elses(
    trader: ccxt.hyperliquid, exchange: LocalExchange, changed: Json
) -> None:
    told = await said(exchange, signed(trader, order(**changed)))
    assert "does not exist" in told


async def test_fields_out_of_order_make_it_somebody_elses(
    trader: ccxt.hyperliquid, exchange: LocalExchange
) -> None:
    turned = dict(reversed(order().items()))
    assert "does not exist" in await said(exchange, signed(trader, turned))


async def test_another_key_and_another_environment_are_named_by_their_address(
    trader: ccxt.hyperliquid, exchange: LocalExchange
) -> None:
    trader.privateKey = OTHER_KEY
    told = await said(exchange, signed(trader, order()))
    assert told == f"User or API Wallet {address_of(OTHER_KEY)} does not exist."
    trader.privateKey = CONFIG.api_secret
    trader.options["sandboxMode"] = False  # signs for production
    assert "does not exist" in await said(exchange, signed(trader, order()))
    assert exchange.venue.engine.ledger.orders == {}


async def test_a_vault_cannot_be_traded_for(
    trader: ccxt.hyperliquid, exchange: LocalExchange
) -> None:
    body = signed(trader, order()) | {"vaultAddress": "0x" + "1" * 40}
    assert "does not exist" in await said(exchange, body)


@pytest.mark.parametrize(("late_ms", "taken"), [(0, True), (1, False)])
async def test_an_order_that_comes_after_its_time_is_refused(
    trader: ccxt.hyperliquid, exchange: LocalExchange, late_ms: int, taken: bool
) -> None:
    body = signed(trader, order(), expiresAfter=trader.milliseconds() + 5_000)
    Controller(exchange).post("clock", skew_ms=5_000 + late_ms)
    assert filled(await acted(exchange, body)) is taken
    body.pop("expiresAfter")  # is part of what was signed
    assert "does not exist" in await said(exchange, body)


@pytest.mark.parametrize("days", [-3, 2])
async def test_a_number_far_from_the_time_is_refused(
    trader: ccxt.hyperliquid, exchange: LocalExchange, days: int
) -> None:
    nonce = trader.milliseconds() + days * 86_400_000
    told = await said(exchange, signed(trader, order(), nonce))
    assert told.startswith("Invalid nonce")


async def test_a_number_older_than_all_that_are_kept_is_refused(
    trader: ccxt.hyperliquid, exchange: LocalExchange
) -> None:
    first = trader.milliseconds()
    for later in range(1, NONCES_KEPT + 1):
        cancelled = {"type": "cancel", "cancels": [{"a": 0, "o": 1}]}
        await acted(exchange, signed(trader, cancelled, first + later))
    told = await said(exchange, signed(trader, order(), first))
    assert told == "Invalid nonce: duplicate nonce"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"nonce": 1},
        {"action": {}, "nonce": 1_760_000_000_000, "signature": {"r": "0x1", "s": "0x1"}},
        {"action": [], "nonce": 1_760_000_000_000, "signature": {}},
        {"action": {"p": -1}, "nonce": 1, "signature": {"r": "0x1", "s": "0x1", "v": 27}},
    ],
)
async def test_a_body_without_a_signature_is_unreadable(
    exchange: LocalExchange, body: Json
) -> None:
    assert await acted(exchange, body) == 422
