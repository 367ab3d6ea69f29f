"""
OKX's error codes, and what each proves of an order.

Source: the error-code pages of OKX's V5 guide, as ccxt 4.5.90 quotes them in `exceptions`; those
that ccxt does not know, 50119, 50120, 51054, 51147..51149, 51169 and 51170, from the guide itself.
An order's own code is inside an answer of status 200 whose head says 1: see `error_code`.
"""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.venues.dialect import Outcome
from counterpoise.venues.outcomes import codes_of

CODES: Mapping[str, Outcome] = codes_of(
    {
        Outcome.REFUSED: """
            4088 50000 50002 50006 50007 50009 50010 50012 50014..50025 50027 50028 50044 50062
            50108 50109 50115
            51000..51010 51012 51014 51015 51017..51028 51031 51046 51047 51051 51072..51074
            51090..51096 51098..51112 51115..51122 51124..51139 51147 51148 51155 51156 51159
            51162 51163 51166 51169 51170 51174 51185 51201..51205
            54000 54001 54008 54009 54011 54051 54072..54074 54094 59113 59128
        """,
        # the time of signing is too far from OKX's; or a contract is in the minute of its funding
        Outcome.PASSING: "50102 50112 51029 51030",
        Outcome.LIMITED: "50011 50061 51113",
        Outcome.UNAUTHORIZED: "50008 50100 50101 50103..50107 50110 50111 50113 50114 50119 50120",
        Outcome.EXISTS: "51011 51016",
        Outcome.NOT_FOUND: "51603",
        # timeouts, maintenance of the matching engine, and what is documented too vaguely
        Outcome.UNKNOWN: "1 2 50001 50004 50005 50013 50026 51054 51149",
    }
)

# trigger, iceberg and time-weighted orders, cancelling and amending, earning, data, bots, funding,
# account settings, websockets, moving positions
CODES_ELSEWHERE = (
    range(1009, 1010),
    range(4001, 4009),
    range(51250, 51331),
    range(51400, 51603),
    range(51732, 51775),
    range(52000, 52001),
    range(55100, 55200),
    range(58000, 58400),
    range(59000, 59700),
    range(60000, 65000),
    range(70000, 71000),
)

KEYS = "on OKX: profile > API > the key"
HINTS: Mapping[str, str] = {
    "50011": "fewer portfolios on this account, or a longer cycle.interval",
    "50061": "fewer portfolios on this account: it sends more orders than OKX allows",
    "50101": "the key is of the other environment: make one in demo trading for mode testnet, "
    "and one outside of it for dry-run and live",
    "50102": "set this machine's clock (chrony or systemd-timesyncd), then see counterpoise doctor",
    "50105": "api_passphrase is not the one that was chosen when this key was made",
    "50110": f"{KEYS} > Edit > add this machine's IP address",
    "50111": "api_key is not one of OKX's: check the file it is read from",
    "50113": "api_secret does not belong to api_key",
    "50119": "the key was deleted, or ended: without an IP address it does so after 14 days unused",
    "50120": f"{KEYS} > Edit > tick Trade",
    "51000": "OKX does not take a parameter; was the position mode changed just now?",
    "51008": "add margin to the trading account, or lower the weights",
    "51010": "on OKX: Trade > Settings > Account mode > Futures or Multi-currency margin",
    "51112": "the position shrank in between; the next cycle sees it afresh",
    "51137": "the book is far from OKX's price limit; the next cycle tries a fresh one",
    "51138": "the book is far from OKX's price limit; the next cycle tries a fresh one",
    "51155": "OKX does not offer this instrument where you live: name another perpetual",
    "51169": "the position shrank in between; the next cycle sees it afresh",
}

REMEDIES: Mapping[str, str] = {
    "may trade perpetuals": "profile > API > Edit the key > tick Trade",
    "may withdraw": "profile > API > Edit the key > clear Withdraw",
    "bound to an address": "profile > API > Edit the key > IP address; without one it ends "
    "after 14 days unused",
    "hedge mode": "Trade > Futures > Settings > Position mode > One-way (net) mode",
    "multi-asset margin": "",  # what the account mode is for
}
