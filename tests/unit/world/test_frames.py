"""Messages through pipes: whole, bounded, and in time."""

import os
import threading
from collections.abc import Callable, Iterator

import pytest

from agentscaler.world.frames import MAX_ANSWER, Channel, read_frame, write_frame


class Ends:
    """A channel, and the two pipe ends that a worker would have."""

    def __init__(self) -> None:
        self.reads, writes = os.pipe()
        reads, self.writes = os.pipe()
        self.channel = Channel(reads, writes)
        self.open = [self.reads, self.writes]

    def close_worker(self) -> None:
        while self.open:
            os.close(self.open.pop())


@pytest.fixture
def ends() -> Iterator[Ends]:
    ends = Ends()
    yield ends
    ends.close_worker()
    ends.channel.close()


def beside(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.mark.parametrize("size", [1, 70_000, 3_000_000])
def test_a_request_and_its_answer_arrive_whole(ends: Ends, size: int) -> None:
    text, data = b"t" * size, b"d" * size

    def echo() -> None:
        number, *parts = read_frame(ends.reads)
        write_frame(ends.writes, number, b"|".join(parts))

    thread = beside(echo)
    assert ends.channel.ask(text, data, 20) == text + b"|" + data
    thread.join()


def test_silence_is_a_timeout(ends: Ends) -> None:
    with pytest.raises(TimeoutError):
        ends.channel.ask(b"[]", b"", 0.02)


def test_a_worker_that_takes_nothing_is_a_timeout(ends: Ends) -> None:
    with pytest.raises(TimeoutError):
        ends.channel.ask(b"x" * 3_000_000, b"", 0.02)


def test_a_worker_that_stops_in_the_middle_is_a_timeout(ends: Ends) -> None:
    os.write(ends.writes, (1).to_bytes(8, "little") + (6).to_bytes(4, "little") + bytes(4))
    os.write(ends.writes, b"[1,")
    with pytest.raises(TimeoutError):
        ends.channel.ask(b"[]", b"", 0.02)


def test_a_worker_that_is_gone_is_the_end(ends: Ends) -> None:
    ends.close_worker()
    with pytest.raises(EOFError):
        ends.channel.ask(b"[]", b"", 1)
    with pytest.raises(EOFError):
        ends.channel.greeting(1)


def test_an_answer_to_something_else_is_refused(ends: Ends) -> None:
    write_frame(ends.writes, 7, b"[]")
    with pytest.raises(ValueError, match="not an answer"):
        ends.channel.ask(b"[]", b"", 1)


def test_an_answer_that_would_be_too_large_is_refused_before_it_is_read(ends: Ends) -> None:
    os.write(ends.writes, (1).to_bytes(8, "little") + (MAX_ANSWER + 1).to_bytes(4, "little"))
    os.write(ends.writes, bytes(4))
    with pytest.raises(ValueError, match="not an answer"):
        ends.channel.ask(b"[]", b"", 1)


def test_a_worker_without_a_parent_reads_the_end() -> None:
    reads, writes = os.pipe()
    os.close(writes)
    with pytest.raises(EOFError):
        read_frame(reads)
    os.close(reads)
