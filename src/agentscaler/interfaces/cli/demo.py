"""The end of a demo: one dialogue in full, what it was to come to, and where everything lies."""

from rich.console import Console

from agentscaler.filtering import Verdict
from agentscaler.interfaces.cli.lookup import task_of
from agentscaler.interfaces.cli.show import print_gold, print_trajectory
from agentscaler.interfaces.cli.tables import file_lines
from agentscaler.rollout import Trajectory
from agentscaler.runfolder import RunFolder

__all__ = ["print_example", "print_files"]


def print_example(console: Console, folder: RunFolder) -> None:
    """The kept dialogue that shows most: a write, with several calls; the first such."""
    kept = {verdict.trajectory for verdict in folder.read("kept.jsonl", Verdict)}
    candidates = (
        trajectory
        for trajectory in folder.read("trajectories.jsonl", Trajectory)
        if trajectory.id in kept
    )
    example = max(candidates, key=_worth, default=None)
    if example is None:
        console.print("No dialogue was kept; a larger slice gives more: --limit 5000.")
        return
    console.rule("One dialogue")
    print_trajectory(console, folder, example, full=False)
    print_gold(console, task_of(folder, example), full=False)


def print_files(console: Console, folder: RunFolder) -> None:
    """Every file of the run, by stage, and how to read more."""
    console.rule("Where the files lie")
    for line in file_lines(folder):
        console.print(line, markup=False, soft_wrap=True)
    console.print(
        f"\nRead more: agentscaler show trajectory --run {folder.path}\n"
        f"           agentscaler show domain --run {folder.path}",
        markup=False,
        soft_wrap=True,
    )


def _worth(trajectory: Trajectory) -> tuple[bool, bool, int]:
    """Prefers dialogues that change something, recover from a refusal, and are of middle length."""
    return (
        bool(trajectory.changeset),
        trajectory.tool_errors > 0,
        -abs(len(trajectory.messages) - 14),
    )
