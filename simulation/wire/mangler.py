"""What changes an answer as it arrives, and remembers which it spoilt."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

from counterpoise.ports import HttpResponse
from simulation.weather import Weather
from simulation.wire.bodies import BODIES, BOOKS, MARKS, POSITIONS, SPOT
from tests.sim.trace import Request

SUCCESS = 200
SPOILS = (SPOT, POSITIONS, MARKS, BOOKS)  # reads after which nothing may be sized


def host_of(request: Request) -> str:
    """Return which of the venue's hosts a request goes to, by the first part of its path."""
    return request.path.split("/")[1]


@dataclass(slots=True)
class Mangler:
    """Changes bodies as they arrive; notes which reads were spoilt, and who asked for a pause."""

    weather: Weather
    spoilt: list[Request] = field(default_factory=list)
    closed: list[tuple[Request, float, float]] = field(default_factory=list)  # whose, from, until

    def __call__(self, request: Request, response: HttpResponse) -> HttpResponse:
        """Return the answer as the daemon gets it."""
        if response.status in (418, 429):
            headers = {name.lower(): value for name, value in response.headers.items()}
            now_s = self.weather.loop.time()
            until_s = now_s + float(headers.get("retry-after", 0))
            self.closed.append((request, now_s, until_s))
        if response.status != SUCCESS:
            return response
        names = tuple(name for name, (of, _) in BODIES.items() if of == request.name)
        struck = self.weather.strike(names)
        if struck is None:
            return response
        body = json.loads(response.body)
        BODIES[struck][1](body)
        if request.name in SPOILS:
            self.spoilt.append(request)
        return replace(response, body=json.dumps(body).encode())
