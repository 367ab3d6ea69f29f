"""
What Hyperliquid's client adds to a request: whom it is about, its number, its end, its signature.

ccxt signs inside `create_order`, where it also asks to be paid by each order and names itself as
whoever sent the user. So its raw call is used, and its own signing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from counterpoise.errors import Unauthorized
from counterpoise.venues.dialect import Params
from counterpoise.venues.hyperliquid_codes import FOUND_NOTHING, error_code

ACCOUNT, AGENT = "the account", "the agent"  # whom a question is about, before it leaves
EXCHANGE = "exchange"  # the path of what changes something
KEY = re.compile(r"(0x)?[0-9a-fA-F]{64}")
LIFETIME = "lifetime_ms"  # for how long an action is good; it leaves as the time when that ends


class Signing:
    """A mixin before the ccxt class: completes what ccxt is about to send."""

    walletAddress: str  # noqa: N815 - ccxt's own names, here and below
    privateKey: str  # noqa: N815

    def sign(
        self, path: str, api: object = "public", method: str = "GET", params: object = None
    ) -> object:
        """Complete the parameters, then let ccxt make the request of them."""
        given: Params = dict(params) if isinstance(params, Mapping) else {}
        ready = self._signed(given) if path == EXCHANGE else self._addressed(given)
        ccxt: Any = super()
        made: object = ccxt.sign(path, api, method, ready)
        return made

    def handle_errors(self, *answer: object) -> None:
        """Let an order that found nothing through: it is an answer, and of one order only."""
        if error_code(answer[6])[0] != FOUND_NOTHING:
            ccxt: Any = super()
            ccxt.handle_errors(*answer)

    def _addressed(self, params: Params) -> Params:
        match params.get("user"):
            case str(whom) if whom == ACCOUNT:
                return {**params, "user": self.walletAddress.lower()}
            case str(whom) if whom == AGENT:
                return {**params, "user": self._agent()}
            case _:
                return params

    def _agent(self) -> str:
        """Return the address of the key, worked out once. Raises Unauthorized for what is none."""
        known = vars(self).get("agent_address")
        if not isinstance(known, str):
            known = vars(self)["agent_address"] = self._address_of(self.privateKey)
        return known

    def _address_of(self, key: str) -> str:
        ccxt: Any = self
        if KEY.fullmatch(key):
            with suppress(ValueError):  # beyond what keys can be
                found: str = ccxt.eth_get_address_from_private_key(key)
                return found.lower()
        raise Unauthorized(
            "agent_key is no private key",
            hint="it is 0x and 64 hexadecimal digits, as Hyperliquid showed it once",
        )

    def _signed(self, params: Params) -> Params:
        """
        Return an action with a number that is never used twice, an end, and a signature of all.

        The number is the time in milliseconds, or one more than the last.
        """
        self._agent()
        ccxt: Any = self
        action, lifetime_ms = params["action"], params[LIFETIME]
        nonce = ccxt.incrementing_nonce()
        expires_after = ccxt.milliseconds() + lifetime_ms
        signature = ccxt.sign_l1_action(action, nonce, None, expires_after)
        return {
            "action": action,
            "nonce": nonce,
            "signature": signature,
            "expiresAfter": expires_after,
        }
