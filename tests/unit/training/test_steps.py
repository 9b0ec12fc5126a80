"""What a training goes on from after a kill."""

from pathlib import Path

from agentscaler.training.steps import (
    LOG,
    STEPS,
    LogLine,
    append_line,
    last_whole,
    mark_whole,
    read_log,
    rewind,
)


def state(out: Path, step: int, *, whole: bool = True) -> Path:
    folder = out / STEPS / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    if whole:
        mark_whole(out / STEPS, step)
    return folder


def line(step: int) -> LogLine:
    return LogLine(step=step, tokens=10 * step, learned_tokens=step, loss=1 / step)


def test_a_torn_state_is_not_gone_on_from(tmp_path: Path) -> None:
    folder, torn = state(tmp_path, 4), state(tmp_path, 10, whole=False)
    for step in range(1, 12):
        append_line(tmp_path / LOG, line(step))
    assert rewind(tmp_path, steps=20) == (4, folder)
    assert not torn.exists()
    assert [one.step for one in read_log(tmp_path / LOG)] == [1, 2, 3, 4]


def test_the_last_is_the_highest_and_not_the_last_by_name(tmp_path: Path) -> None:
    state(tmp_path, 9)
    folder = state(tmp_path, 10)
    assert last_whole(tmp_path / STEPS) == (10, folder)


def test_a_training_whose_steps_are_all_done_does_the_last_ones_again(tmp_path: Path) -> None:
    earlier, done = state(tmp_path, 6), state(tmp_path, 8)
    append_line(tmp_path / LOG, line(6))
    append_line(tmp_path / LOG, line(8))
    assert rewind(tmp_path, steps=8) == (6, earlier)
    assert not done.exists()
    assert [one.step for one in read_log(tmp_path / LOG)] == [6]


def test_without_any_state_it_begins(tmp_path: Path) -> None:
    append_line(tmp_path / LOG, line(1))
    assert rewind(tmp_path, steps=8) is None
    assert list(read_log(tmp_path / LOG)) == []


def test_a_torn_line_is_passed_over(tmp_path: Path) -> None:
    append_line(tmp_path / LOG, line(1))
    with (tmp_path / LOG).open("ab") as file:
        file.write(b'{"step":2,"tok')
    assert list(read_log(tmp_path / LOG)) == [line(1)]
