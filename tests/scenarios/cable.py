"""A network cable between the daemon and the exchange, which can be cut in every way."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from dataclasses import dataclass, field
from enum import StrEnum

HOST = "127.0.0.1"
CHUNK = 65_536
HEAD_END = b"\r\n\r\n"


class Way(StrEnum):
    """What happens to what goes through."""

    THROUGH = "through"
    SILENT = "silent"  # connections open, and nothing goes either way: all of it comes later
    RESET = "reset"  # each answer ends within its body, by RST


@dataclass(slots=True)
class Cable:
    """A port that leads to another one, as long as the cable holds."""

    target: int
    port: int = 0
    way: Way = Way.THROUGH
    resets: int = 0  # answers that ended so
    _server: asyncio.Server | None = None
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self) -> None:
        """Listen, on the same port as ever."""
        self._server = await asyncio.start_server(self._joined, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def unplug(self) -> None:
        """Refuse every connection, and reset those that are open."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for end in tuple(self._ends):
            reset(end)
        await asyncio.sleep(0)

    def turn(self, way: Way) -> None:
        """Let everything go another way from now on."""
        self.way = way
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def close(self) -> None:
        """Take it away."""
        self.turn(Way.THROUGH)
        await self.unplug()

    async def _joined(self, near: asyncio.StreamReader, near_end: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            far, far_end = await asyncio.open_connection(HOST, self.target)
            ends = {near_end, far_end}
            self._ends |= ends
            try:
                await asyncio.gather(self._sent(near, far_end), self._answered(far, near_end))
            finally:
                self._ends -= ends
                for end in ends:
                    end.transport.abort()

    async def _sent(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(CHUNK):
            await self._held()
            writer.write(data)
            await writer.drain()
        writer.close()

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(CHUNK):
            await self._held()
            if self.way is Way.RESET:
                body_at = data.find(HEAD_END) + len(HEAD_END)
                writer.write(data[: (body_at + len(data)) // 2])
                await writer.drain()
                self.resets += 1
                reset(writer)
                return
            writer.write(data)
            await writer.drain()
        writer.close()

    async def _held(self) -> None:
        while self.way is Way.SILENT:
            await self._moved.wait()


def reset(end: asyncio.StreamWriter) -> None:
    """End a connection by RST, as a router does that has forgotten it."""
    found: socket.socket | None = end.get_extra_info("socket")
    if found is not None and not end.transport.is_closing():
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.transport.abort()


async def laid(target: int) -> Cable:
    """Return a cable to a port of this machine."""
    cable = Cable(target)
    await cable.open()
    return cable
