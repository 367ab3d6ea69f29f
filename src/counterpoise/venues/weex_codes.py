"""
WEEX's error codes, and what each proves of an order.

Source: ccxt 4.5.90 `weex.py` (`exceptions`), with the words that stand beside each code there, and
WEEX's documents of version 3. Code -1054 is said of broken systems and of real refusals; the
refusals begin with the name of a status (`FAILED_PRECONDITION: ...`) that says by its definition
that nothing was done. An order that was not taken may also be answered as a success, with
`success` false, its code and its words in other fields, or without any code.
"""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.venues.dialect import Outcome
from counterpoise.venues.outcomes import codes_of
from counterpoise.venues.shapes import Record

NOT_TAKEN = "not taken"  # our name for a refusal by words, with -1054 or with no code at all
NOT_TAKEN_WORDS = ("FAILED_PRECONDITION:", "INVALID_ARGUMENT:")
VAGUE = frozenset({"", "-1054"})

CODES: Mapping[str, Outcome] = {
    **codes_of(
        {
            # the request or the order was judged and not taken: form, parameters, limits, a right
            # that the key or the contract lacks
            Outcome.REFUSED: """
                -1045 -1051 -1052 -1053 -1058 -1115..-1117 -1121 -1128 -1135 -1140..-1142 -1150
                -1160 -1170 -1171 -1180 -1190 -2007 -3006 -3007 -3235 -3236 -3313
            """,
            # the timestamp was not within the window, which is checked before anything else
            Outcome.PASSING: "-1043 -1046",
            Outcome.LIMITED: "429",
            # no key, signature or time; no such key; signature; passphrase; account or address
            Outcome.UNAUTHORIZED: "401 -1040..-1042 -1044 -1047 -1049 -1050 -1055..-1057",
            Outcome.NOT_FOUND: "-2200 -3200",
            # unknown and system errors, and a "fatal" one without a meaning; gateways in front
            Outcome.UNKNOWN: "-1000 -1054 -3613 400 403 404 500 502 503 504",
        }
    ),
    "FAILED_ORDER_NOT_FOUND": Outcome.NOT_FOUND,
    NOT_TAKEN: Outcome.REFUSED,
}

# in a refusal: an earlier order has our id. WEEX documents no such answer, so that all its likely
# spellings are here, and the order is then looked up
DUPLICATE_TEXTS = ("uplicate", "lient order id", "lientOrderId", "client_oid", "already exist")


def error_code(body: object) -> tuple[str, str]:
    """Return code and message of an error body, in whichever of its two forms it comes."""
    if not isinstance(body, dict):
        return "", ""
    found: Record = body
    code = str(found.get("code") or found.get("errorCode") or "")
    message = str(found.get("msg") or found.get("errorMessage") or found.get("errorMsg") or "")
    if code in VAGUE and message.startswith(NOT_TAKEN_WORDS):
        code = NOT_TAKEN
    return code, message


def is_failure(body: object) -> bool:
    """Say whether a body that came as a success says of itself that it is none."""
    return isinstance(body, dict) and body.get("success") is False


_KEY_PAGE = "WEEX > profile icon > API Management"
_GEAR = "WEEX > Futures > the perpetual > Settings"
_CLOCK = "set this machine's clock (chrony or systemd-timesyncd), then see counterpoise doctor"
_RIGHTS = f"{_KEY_PAGE} > edit: tick Futures; or WEEX keeps this perpetual from programs"

HINTS: Mapping[str, str] = {
    NOT_TAKEN: "what WEEX says about it is beside; the next cycle sees the position afresh",
    "429": "fewer portfolios on this address and account, or a longer cycle.interval",
    "-1043": _CLOCK,
    "-1044": f"api_key is not one of WEEX's, or was deleted: {_KEY_PAGE}",
    "-1046": _CLOCK,
    "-1047": "api_secret does not belong to api_key",
    "-1049": "api_passphrase is not the one that was chosen when this key was made",
    "-1050": "WEEX restricted this account: ask its support",
    "-1051": _RIGHTS,
    "-1052": _RIGHTS,
    "-1053": _RIGHTS,
    "-1055": "WEEX > profile icon > Security: bind a phone or an authenticator",
    "-1056": f"add this machine's address: {_KEY_PAGE} > edit > IP whitelist",
    "-1057": "WEEX locked this account: ask its support",
    "-1058": "WEEX keeps this perpetual from programs: choose another",
    "-3235": "WEEX keeps this perpetual from programs: choose another",
    "-3007": "the order is above what WEEX takes at once: lower limits.order_notional_max",
    "-3313": "lower the leverage of this perpetual on WEEX",
}

# WEEX answers no question about a key: a person has to look there
REMEDIES: Mapping[str, str] = {
    "may trade perpetuals": f"{_KEY_PAGE} > edit > tick Futures",
    "may withdraw": f"{_KEY_PAGE}: a key has Read, Spot and Futures alone",
    "bound to an address": f"{_KEY_PAGE} > edit > IP whitelist",
    "hedge mode": f"{_GEAR} > Position mode > One-way",
    "multi-asset margin": f"{_GEAR} > Margin mode > Cross, positions combined",
}
