"""JSON lines that survive a kill: what is torn at the end is passed over, and cut off by the next
who writes."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

__all__ = ["append_lines", "read_lines", "write_lines"]

_BLOCK = 1 << 16


def append_lines(file: Path, lines: Iterable[bytes]) -> None:
    """Adds lines, given without their ends, behind the last whole one."""
    with file.open("ab+") as stream:
        _cut_torn_line(stream)
        stream.writelines(line + b"\n" for line in lines)


def write_lines(file: Path, lines: Iterable[bytes]) -> None:
    """Writes a file of lines anew, all or none."""
    part = file.with_name(f".{file.name}.part")
    with part.open("wb") as stream:
        stream.writelines(line + b"\n" for line in lines)
    part.replace(file)


def read_lines(file: Path) -> Iterator[bytes]:
    """The whole lines of a file, without their ends; none where there is no file."""
    if not file.exists():
        return
    with file.open("rb") as stream:
        for line in stream:
            if line.endswith(b"\n"):
                yield line[:-1]


def _cut_torn_line(stream: IO[bytes]) -> None:
    """Cuts off what stands behind the last line end, looking from the end of the file."""
    end = stream.seek(0, 2)
    while end:
        begin = max(0, end - _BLOCK)
        stream.seek(begin)
        whole = stream.read(end - begin).rfind(b"\n")
        if whole != -1:
            stream.truncate(begin + whole + 1)
            return
        end = begin
    stream.truncate(0)
