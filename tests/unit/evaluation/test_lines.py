"""Files of lines that a killed process wrote to."""

from pathlib import Path

import pytest

from agentscaler.evaluation.lines import append_lines, read_lines, write_lines


@pytest.mark.parametrize("torn", [b"", b"half", b"x" * 200_000])
def test_a_torn_line_is_passed_over_and_cut_off_by_the_next_writer(
    tmp_path: Path, torn: bytes
) -> None:
    file = tmp_path / "lines"
    append_lines(file, [b"one", b"two"])
    with file.open("ab") as stream:
        stream.write(torn)
    assert list(read_lines(file)) == [b"one", b"two"]
    append_lines(file, [b"three"])
    assert list(read_lines(file)) == [b"one", b"two", b"three"]


def test_a_file_of_nothing_but_a_torn_line_is_begun_anew(tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_bytes(b"half")
    append_lines(file, [b"one"])
    assert file.read_bytes() == b"one\n"


def test_writing_anew_leaves_the_old_file_where_the_lines_fail(tmp_path: Path) -> None:
    def failing():
        yield b"new"
        raise ValueError("no more")

    file = tmp_path / "lines"
    write_lines(file, [b"old"])
    with pytest.raises(ValueError, match="no more"):
        write_lines(file, failing())
    assert list(read_lines(file)) == [b"old"]
    assert list(read_lines(tmp_path / "none")) == []
