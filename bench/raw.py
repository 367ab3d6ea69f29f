"""The physical limit: the same order, signed with hmac and sent with aiohttp, and nothing else."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Iterable
from urllib.parse import urlencode

import aiohttp

from answers import ORDER_PATH
from counterpoise.core.orders import Order
from portfolio import SECRETS

RECEIVE_WINDOW_MS = 5_000


async def send(session: aiohttp.ClientSession, origin: str, orders: Iterable[Order]) -> None:
    """Send orders, all at once, and wait for the answers."""
    numbered = enumerate(orders)
    await asyncio.gather(*(_send(session, origin, order, number) for number, order in numbered))


async def _send(session: aiohttp.ClientSession, origin: str, order: Order, number: int) -> None:
    params = {
        "timestamp": time.time_ns() // 1_000_000,
        "symbol": order.symbol.partition(":")[0].replace("/", ""),
        "side": order.side.upper(),
        "type": "LIMIT",
        "timeInForce": "IOC",
        "quantity": str(abs(order.size)),
        "price": str(order.limit_price),
        "newClientOrderId": f"raw{number}",
        "recvWindow": RECEIVE_WINDOW_MS,
    }
    key, secret = SECRETS.values()
    query = urlencode(params)
    signature = hmac.new(secret.encode(), query.encode(), hashlib.sha256).hexdigest()
    async with session.post(
        f"{origin}{ORDER_PATH}",
        data=f"{query}&signature={signature}".encode(),
        headers={"X-MBX-APIKEY": key, "Content-Type": "application/x-www-form-urlencoded"},
    ) as answer:
        json.loads(await answer.read())
