"""What the daemon needs from outside: exchanges, a journal, the time, wires, and a person's ear."""

from counterpoise.ports.around import (
    Alerts,
    Clock,
    Entropy,
    Heartbeat,
    HttpRequest,
    HttpResponse,
    Transport,
)
from counterpoise.ports.gateway import AccountFacts, Gateway, VenueLimits
from counterpoise.ports.journal import CycleRecord, Identity, Journal, Transition

__all__ = [
    "AccountFacts",
    "Alerts",
    "Clock",
    "CycleRecord",
    "Entropy",
    "Gateway",
    "Heartbeat",
    "HttpRequest",
    "HttpResponse",
    "Identity",
    "Journal",
    "Transition",
    "Transport",
    "VenueLimits",
]
