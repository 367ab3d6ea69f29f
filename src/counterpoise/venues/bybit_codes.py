"""
Bybit's error codes, and what each proves of an order for a perpetual on the V5 API.

Source: the error-code pages of Bybit's V5 documents, as ccxt 4.5.90 quotes them beside the
`exceptions` table of its bybit class. A code of another product or of an older API proves nothing
of such an order.
"""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.venues.dialect import Outcome
from counterpoise.venues.outcomes import codes_of

CODES: Mapping[str, Outcome] = codes_of(
    {
        # said before the order reaches the matching engine, or by it as a refusal
        Outcome.REFUSED: """
            7001 10001 10017 10020 10024 10027..10029 10032 100028
            110003..110007 110009 110011..110018 110020..110021 110023..110029 110031..110034
            110036..110062 110065..110071 110073 110092..110094
        """,
        # the time was outside the window, checked on receipt; or a settlement that passes
        Outcome.PASSING: "10002 110063",
        # too many from this key, too many from this address, and the address banned for it
        Outcome.LIMITED: "10006 10009 10018",
        Outcome.UNAUTHORIZED: "10003..10005 10007 10008 10010 33004",
        Outcome.EXISTS: "10014 12141 30001 110030 110072 140030 170141",
        Outcome.NOT_FOUND: "20001 30034 110001 140001 170213",
        # a server's own trouble; an order that was ended already, which a new one cannot be
        Outcome.UNKNOWN: """
            5004 10000 10016 110008 110010 110019 110022 110035 110064
            170001 170007 170032 170146 170147 170149 170234
        """,
    }
)

# spot, transfers, withdrawals, loans, leveraged tokens, options, and the APIs before V5
CODES_ELSEWHERE = (
    range(-10009, 0),
    range(12000, 13000),
    range(20000, 40000),
    range(130000, 133000),
    range(140000, 141000),
    range(170000, 190000),
    range(340099, 340100),
    range(3100000, 3500000),
)

HINTS: Mapping[str, str] = {
    "10002": "set this machine's clock (chrony or systemd-timesyncd), then see counterpoise doctor",
    "10003": 'the key is of another environment: testnet, demo (environment = "demo") and '
    "production each have their own",
    "10004": "api_secret does not belong to api_key",
    "10005": "give the key Read-Write with Contract: Orders and Positions, and Unified Trading",
    "10006": "fewer portfolios on this key, or a longer cycle.interval",
    "10009": "the address is banned for a while: fewer portfolios on it",
    "10010": "add this machine's IP address to the API key's list",
    "10018": "fewer portfolios on this IP address, or a longer cycle.interval",
    "10020": "on Bybit: Assets > Unified Trading > Upgrade",
    "10024": "Bybit asks for something of you first: sign in there and see",
    "10028": "on Bybit: Assets > Unified Trading > Upgrade",
    "10029": "the key is limited to other symbols: API > edit the key",
    "33004": "the key has expired, as keys without an IP address do after three months",
    "110004": "add margin to the unified account, or lower the weights",
    "110007": "add margin to the unified account, or lower the weights",
    "110012": "add margin to the unified account, or lower the weights",
    "110017": "the position shrank in between; the next cycle sees it afresh",
    "110023": "Bybit lets this perpetual only be closed: name another",
    "110094": "the order is below Bybit's smallest notional",
}

REMEDIES: Mapping[str, str] = {
    "may trade perpetuals": "Account > API > Edit > Read-Write, tick Contract > Orders, Positions",
    "may withdraw": "Account > API > Edit > Wallet > clear Withdrawal",
    "bound to an address": "Account > API > Edit > Only IPs with permissions granted",
    "hedge mode": "Derivatives > Settings (the gear) > Position Mode > One-Way Mode",
    "multi-asset margin": "",  # what a unified account is
}
