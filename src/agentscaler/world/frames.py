"""Messages between a worker process and its parent: JSON and bytes, each with its length.

A frame is a number, the lengths of its two parts, a JSON text and raw bytes.  An answer carries the
number of its request.  Both ends speak through pipes; only the parent's end keeps deadlines, and
it takes nothing from a worker that is larger than it must be.
"""

import os
import select
import struct
from time import monotonic

__all__ = ["MAX_ANSWER", "Channel", "read_frame", "write_frame"]

MAX_ANSWER = 16_000_000
"""Bytes of an answer; the largest result of a tool takes less."""

_HEADER = struct.Struct("<QII")
_CHUNK = 1 << 20


def read_frame(descriptor: int) -> tuple[int, bytes, bytes]:
    """The next request: its number, JSON and bytes.  Raises `EOFError` when the parent is gone."""
    number, text, data = _HEADER.unpack(_read(descriptor, _HEADER.size))
    return number, _read(descriptor, text), _read(descriptor, data) if data else b""


def write_frame(descriptor: int, number: int, text: bytes) -> None:
    """Answer request `number`."""
    rest = memoryview(_HEADER.pack(number, len(text), 0) + text)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _read(descriptor: int, size: int) -> bytes:
    piece = os.read(descriptor, size)
    if len(piece) == size:
        return piece
    pieces = [piece]
    while piece and (size := size - len(piece)):
        piece = os.read(descriptor, size)
        pieces.append(piece)
    if size:
        raise EOFError
    return b"".join(pieces)


class Channel:
    """The parent's end of the two pipes to a worker."""

    def __init__(self, reads: int, writes: int) -> None:
        self._reads = reads
        self._writes = writes
        self._number = 0
        self._deadline = 0.0
        os.set_blocking(reads, False)
        os.set_blocking(writes, False)
        self._readable = select.poll()
        self._readable.register(reads, select.POLLIN)
        self._writable = select.poll()
        self._writable.register(writes, select.POLLOUT)

    def ask(self, text: bytes, data: bytes, seconds: float) -> bytes:
        """Send a request and wait for the JSON of its answer.

        Raises:
            TimeoutError: no whole answer came within `seconds`.
            EOFError: the worker has ended.
            ValueError: what came is not an answer to this request.
        """
        self._number += 1
        self._deadline = monotonic() + seconds
        self._send(_HEADER.pack(self._number, len(text), len(data)) + text + data)
        return self._answer(self._number)

    def greeting(self, seconds: float) -> bytes:
        """The JSON that a worker sends before it is asked anything; raises as `ask` does."""
        self._deadline = monotonic() + seconds
        return self._answer(0)

    def close(self) -> None:
        os.close(self._reads)
        os.close(self._writes)

    def _answer(self, number: int) -> bytes:
        came, size, data = _HEADER.unpack(self._take(_HEADER.size))
        if came != number or data or size > MAX_ANSWER:
            raise ValueError("the worker sent what is not an answer")
        return self._take(size)

    def _send(self, message: bytes) -> None:
        rest = memoryview(message)
        while rest:
            try:
                rest = rest[os.write(self._writes, rest) :]
            except BlockingIOError:
                self._wait(self._writable)
            except BrokenPipeError:
                raise EOFError from None

    def _take(self, size: int) -> bytes:
        pieces: list[bytes] = []
        while size:
            self._wait(self._readable)
            piece = os.read(self._reads, min(size, _CHUNK))
            if not piece:
                raise EOFError
            if len(piece) == size and not pieces:
                return piece
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def _wait(self, poll: "select.poll") -> None:
        left = self._deadline - monotonic()
        if left <= 0 or not poll.poll(left * 1_000):
            raise TimeoutError
