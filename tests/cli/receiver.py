"""Somebody's webhook, in a thread of its own: commands run their own event loop."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATH = "/services/T0CANARY/B0CANARY9/xyzCANARYsecret77"
PIECES = ("T0CANARY", "B0CANARY9", "xyzCANARY", "secret77")


@dataclass
class Phone:
    """What arrived, and what is answered."""

    bodies: list[dict[str, Any]] = field(default_factory=list)
    calls: int = 0
    status: int = 200
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{PATH}"

    def settings(self, extra: str = "") -> str:
        """Return the table of settings that leads here."""
        return f'\n[alerts.webhooks.ops]\nformat = "json"\nurl = "{self.url}"\n{extra}'

    def events(self) -> list[str]:
        return [f"{body['event']} {body['phase']}" for body in self.bodies]


@contextmanager
def listening() -> Iterator[Phone]:
    """Lend a receiver that listens."""
    phone = Phone()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if phone.status == 200:
                phone.bodies.append(body)
            self._answer()

        def do_GET(self) -> None:
            phone.calls += 1
            self._answer()

        def _answer(self) -> None:
            self.send_response(phone.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    phone.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield phone
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()
