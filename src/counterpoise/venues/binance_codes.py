"""
Binance's error codes, and what each proves of an order on the USD-M or COIN-M futures API.

Source: the error-code pages of Binance's futures documents, one for each API, as ccxt 4.5.90 quotes
them beside its `exceptions` tables (`exact`, `linear`, `inverse`, `spot`). A code that means
something else for another product is judged by what it means for a futures order, the only write
that is ever sent. COIN-M's page names no code for a client id that is taken: whatever it sends is
refused, or unknown and looked up.
"""

from __future__ import annotations

from collections.abc import Mapping

from counterpoise.venues.dialect import Outcome
from counterpoise.venues.outcomes import codes_of

CODES: Mapping[str, Outcome] = codes_of(
    {
        # said before the order reaches the matching engine, or by it as a refusal
        Outcome.REFUSED: """
            -1013 -1014 -1016 -1020 -1023
            -1100..-1106 -1108..-1122 -1125..-1128 -1130 -1131 -1134..-1136 -1145 -1151
            -2010 -2011 -2016 -2018..-2028
            -4000..-4033 -4044..-4077 -4079..-4090 -4104 -4112..-4115 -4118 -4120 -4131
            -4135..-4142 -4144 -4150..-4152 -4154 -4155 -4164 -4165 -4167..-4172 -4178 -4183 -4184
            -4192 -4194..-4203 -4205 -4206 -4208..-4211 -4400..-4403 -4531
            -5021 -5022 -5024..-5027 -5037..-5041 -5047
        """,
        # the timestamp was outside the receive window, at the gate or at the matching engine:
        # Binance checks it before an order is accepted, so a later one with a new time may pass
        Outcome.PASSING: "-1021 -4188 -5028",
        Outcome.LIMITED: "-1003 -1015",
        Outcome.UNAUTHORIZED: "-1002 -1005 -1011 -1022 -1099 -2008 -2014 -2015 -2017",
        Outcome.EXISTS: "-4116",
        Outcome.NOT_FOUND: "-2013",
        # "execution status unknown", overload, and what is documented too vaguely to be proof
        Outcome.UNKNOWN: "-1000 -1001 -1004 -1006 -1007 -1008 -1010 -2012 -4078 -4117",
    }
)

# margin loans, withdrawals, deposits, savings, gift cards, sub-accounts, algo orders
CODES_ELSEWHERE = (
    range(-3999, -2999),
    range(-4043, -4033),
    range(-4163, -4088),
    range(-5020, -5000),
    range(-7999, -5999),
    range(-21999, -9999),
    range(-32603, -32602),
    range(400002, 400003),
    range(100001003, 100001004),
    range(200003903, 200003904),
)

HINTS: Mapping[str, str] = {
    "-1003": "fewer portfolios on this IP address, or a longer cycle.interval",
    "-1005": "add this machine's IP address to the API key's list",
    "-1021": "set this machine's clock (chrony or systemd-timesyncd), then see counterpoise doctor",
    "-1022": "api_secret does not belong to api_key, or is of another environment",
    "-2014": "api_key is not one of Binance's: check the file it is read from",
    "-2015": "check that the key is of this environment, allows futures, and lists this IP address",
    "-2019": "add margin to the futures wallet behind it, or lower the weights",
    "-2022": "the position shrank in between; the next cycle sees it afresh",
    "-2027": "lower the position, or raise the leverage bracket on Binance",
    "-4061": "the position mode was changed on Binance: restart, if it is to stay so",
    "-4089": "Binance takes only orders that reduce from this account: its own page says why",
    "-4113": "the book is far from the mark price; the next cycle tries a fresh one",
    "-4131": "the book is far from the mark price; the next cycle tries a fresh one",
    "-4164": "the order is below Binance's smallest notional",
    "-4178": "the order is below Binance's smallest notional",
}

REMEDIES: Mapping[str, str] = {
    "may trade perpetuals": "API Management > edit the key > tick Enable Futures",
    "may withdraw": "API Management > edit the key > clear Enable Withdrawals",
    "bound to an address": "API Management > edit the key > Restrict access to trusted IPs only",
    "hedge mode": "Preferences > Position Mode > One-way Mode",
    "multi-asset margin": "Preferences > Asset Mode: Single-Asset Mode goes with the wallet "
    '"linear", Multi-Assets Mode with "unified"',
}
