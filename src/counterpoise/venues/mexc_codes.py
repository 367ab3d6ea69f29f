"""
MEXC's error codes, and what each proves of an order on the futures API.

Source: the error-code table of MEXC's contract documents, and ccxt 4.5.90 `mexc.py`
(`exceptions.exact`) with the words that stand beside each code there. Spot uses other numbers,
and none of them can be the answer to a futures order: those prove nothing of one, but where they
refuse credentials or a clock they say so of a read.
"""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.venues.dialect import Outcome
from counterpoise.venues.outcomes import codes_of

CODES: Mapping[str, Outcome] = codes_of(
    {
        # the order itself was judged and not taken: its parameters, the account's funds,
        # position, leverage and limits, or a contract that is closed
        Outcome.REFUSED: """
            511 600 601 1001..1004 2001..2009 2011 2013..2016 2018 2019 2021..2036 2038
            3001..3004 4001 5001..5004 6001..6005
        """,
        # Request-Time was outside the window, which is checked before anything else; "Frequent
        # transactions, please try it later" is said instead of taking the order
        Outcome.PASSING: "513 2037 700003 10073",
        Outcome.LIMITED: "429 510",
        # the first ten are of the futures API; the last of spot: no such key, signature, address
        Outcome.UNAUTHORIZED: """
            401 402 406 506 602 701..704 1000
            10001 10072 140002 700001 700002 700006 700007
        """,
        # "Repeated request": an earlier one may have been taken
        Outcome.EXISTS: "603",
        # "order not exist"
        Outcome.NOT_FOUND: "2040",
        # internal errors and overload, of which nothing says that the order was not taken; what a
        # gateway in front may say of any request; and what spot says of its own orders
        Outcome.UNKNOWN: """
            26 400 403 500 501 503 504 604 801 2041 9999
            -2011 -1128 -1121 11444 20001 20002 22222 33333 44444 60005 70011 140001
        """,
    }
)

# transfers, withdrawals, spot orders, margin loans, spot parameters, sub-accounts
CODES_ELSEWHERE = (
    range(10007, 10270),
    range(30000, 30100),
    range(88000, 88100),
    range(700004, 700014),
    range(730000, 730800),
)

_KEY_PAGE = "MEXC > profile icon > API Management"
_ADDRESS = f"add this machine's address: {_KEY_PAGE} > edit > Link IP Address"
_CLOCK = "set this machine's clock (chrony or systemd-timesyncd), then see counterpoise doctor"
_SECRET = "api_secret does not belong to api_key"  # noqa: S105 - words for a person
_SLOWER = "fewer portfolios on this address, or a longer cycle.interval"

HINTS: Mapping[str, str] = {
    "401": f"api_key is not one of MEXC's, or was deleted: {_KEY_PAGE}",
    "402": f"a key that is bound to no address ends after 90 days: {_KEY_PAGE} > create another",
    "406": _ADDRESS,
    "429": _SLOWER,
    "510": _SLOWER,
    "511": "MEXC opens futures to programs by account: ask its support for it",
    "513": _CLOCK,
    "602": _SECRET,
    "701": f"{_KEY_PAGE} > edit > Futures: tick View Account Details",
    "703": f"{_KEY_PAGE} > edit > Futures: tick View Order Details",
    "704": f"{_KEY_PAGE} > edit > Futures: tick Order Placing",
    "1000": "open the futures account once: MEXC > Futures > Open Futures Account",
    "2005": "move margin to the futures wallet, or lower the weights",
    "2008": "the position shrank in between; the next cycle sees it afresh",
    "2009": "the position was closed in between; the next cycle sees it afresh",
    "2022": "the position mode was changed: MEXC > Futures > Preferences > Position Mode",
    "2027": "the position is in isolated margin, counterpoise trades in cross: close it by hand",
    "700002": _SECRET,
    "700003": _CLOCK,
    "700006": _ADDRESS,
    "700007": f"{_KEY_PAGE} > edit > Account: tick View Account Details",
}

# MEXC answers no question about a key: a person has to look there
REMEDIES: Mapping[str, str] = {
    "may trade perpetuals": f"{_KEY_PAGE} > edit > Futures > tick Order Placing",
    "may withdraw": f"{_KEY_PAGE} > edit > Wallet > clear Withdraw",
    "bound to an address": f"{_KEY_PAGE} > edit > Link IP Address",
    "hedge mode": "MEXC > Futures > Preferences (the gear) > Position Mode > One-Way",
    "multi-asset margin": "MEXC > Futures > Preferences (the gear) > Margin: single-asset",
}
