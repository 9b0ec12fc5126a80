"""`Lines` and `Bars`: what a person reads while a run goes on."""

import io

from rich.console import Console

from agentscaler.interfaces.cli.progress import Bars, Lines, watcher
from agentscaler.pipeline import stage_named
from agentscaler.runfolder import StageRecord

POOL = stage_named("pool")
DOMAINS = stage_named("domains")


class Clock:
    """Seconds that pass when told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def lines_of(console: Console) -> list[str]:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_a_line_says_how_far_a_stage_is_and_how_long_it_will_take(console: Console) -> None:
    clock = Clock()
    lines = Lines(console, clock)
    lines.begun(DOMAINS, 0, 100, [])
    for unit in range(1, 31):
        clock.now += 1
        lines.advanced(DOMAINS, unit)
    assert lines_of(console) == [
        "domains: begins",
        "domains: 10 of 100, about 90 s left",
        "domains: 20 of 100, about 80 s left",
        "domains: 30 of 100, about 70 s left",
    ]


def test_the_estimate_of_a_resumed_stage_counts_only_what_was_done_since(console: Console) -> None:
    clock = Clock()
    lines = Lines(console, clock)
    lines.begun(DOMAINS, 50, 100, [])
    clock.now = 10
    lines.advanced(DOMAINS, 55)
    assert lines_of(console) == [
        "domains: going on after 50 of 100",
        "domains: 55 of 100, about 90 s left",
    ]


def test_a_stage_that_is_redone_says_why(console: Console) -> None:
    changes = ["the seed was 1, is 2", "the program's code changed"]
    Lines(console).begun(POOL, 0, 1, changes)
    assert lines_of(console) == [
        "pool: again, because the seed was 1, is 2; the program's code changed"
    ]


def test_the_end_of_a_stage_says_what_came_of_it(console: Console, record: StageRecord) -> None:
    lines = Lines(console)
    lines.ended(POOL, record, kept=False)
    lines.ended(POOL, record, kept=True)
    assert lines_of(console) == ["pool: 2,400 tools in 1.2 s", "pool: up to date, 2,400 tools"]


def test_a_terminal_gets_bars_and_a_pipe_gets_lines(console: Console) -> None:
    terminal = Console(file=io.StringIO(), force_terminal=True)
    assert isinstance(watcher(terminal), Bars)
    assert isinstance(watcher(console), Lines)


def test_bars_show_counts_and_leave_a_line_behind(record: StageRecord) -> None:
    file = io.StringIO()
    terminal = Console(file=file, force_terminal=True, width=110, no_color=True, highlight=False)
    with Bars(terminal) as bars:
        bars.begun(POOL, 0, 1, ["the seed was 1, is 2"])
        bars.ended(POOL, record, kept=False)
        bars.begun(DOMAINS, 3, 17, [])
        bars.advanced(DOMAINS, 9)
    assert "pool: again, because the seed was 1, is 2" in file.getvalue()
    assert "pool: 2,400 tools in 1.2 s" in file.getvalue()
    assert "9/17" in file.getvalue()
