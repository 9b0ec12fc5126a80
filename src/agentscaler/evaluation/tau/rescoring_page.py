"""What scoring again found, as Markdown for people and as JSON for programs."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from agentscaler.evaluation.tau.official_figures import OfficialFigures
from agentscaler.evaluation.tau.rescoring import FileRescoring
from agentscaler.evaluation.tau.verdicts import Remark, Rescored, Verdict

__all__ = ["rescoring_page", "rescoring_record", "summary_rows"]

_SHOWN = 200
_QUOTED = 240
_MEANINGS = {
    Remark.PERMUTED_ID: "stand under the id of another task; scored with the task whose checks are "
    "stored",
    Remark.STRANGE_TASK: "were checked against a task that the file does not hold; scored with the "
    "task that they name",
    Remark.OTHER_WORDING: "hold an error text of another pydantic version",
    Remark.OTHER_RESULT: "hold a tool result that is another one when it is played again",
    Remark.STORED_JUDGEMENT: "have assertions; the stored verdicts of a judge model are taken",
    Remark.JUDGE_IDLE: "have assertions without verdicts, and a reward of 0 whatever a judge says",
}


def summary_rows(rescored: FileRescoring) -> list[tuple[str, str]]:
    """What there is to say of a file in a few lines: label and text."""
    rows = [("evaluator", _evaluator(rescored)), ("domain", rescored.domain)]
    counts = ", ".join(f"{n:,} {verdict.value}" for verdict, n in rescored.counts.items())
    unreadable = f", {len(rescored.unreadable):,} unreadable" if rescored.unreadable else ""
    rows.append(("simulations", (counts or "none") + unreadable))
    rows += [
        ("stored rewards", _figures(rescored, recomputed=False)),
        ("new rewards", _figures(rescored, recomputed=True)),
    ]
    remarks = Counter(remark for one in rescored.simulations for remark in one.remarks)
    rows += [(remark.value, f"{n:,} {_MEANINGS[remark]}") for remark, n in _in_order(remarks)]
    rows.append(("tasks", _drift(rescored)))
    return rows


def rescoring_page(rescored: Sequence[FileRescoring]) -> str:
    """The page about some files."""
    return "\n".join(line for one in rescored for line in _lines(one)) + "\n"


def rescoring_record(rescored: FileRescoring) -> dict[str, Any]:
    """All that was found in a file, as JSON values."""
    return {
        "file": rescored.file.path.name,
        "package": rescored.file.package,
        "domain": rescored.domain,
        "evaluator": rescored.evaluator,
        "counts": {verdict.value: n for verdict, n in rescored.counts.items()},
        "stored": _figures_record(rescored.stored),
        "recomputed": _figures_record(rescored.recomputed),
        "tasks": None if rescored.drift is None else [asdict(one) for one in rescored.drift],
        "unreadable": [asdict(one) for one in rescored.unreadable],
        "simulations": [asdict(one) for one in rescored.simulations],
    }


def _figures_record(figures: OfficialFigures) -> dict[str, Any]:
    told = asdict(figures)
    return told | {"pass_hat": {str(k): value for k, value in figures.pass_hat.items()}}


def _lines(rescored: FileRescoring) -> Iterator[str]:
    yield f"## {rescored.file.path.name}\n"
    yield "| | |\n|---|---|"
    for label, text in summary_rows(rescored):
        yield f"| {label} | {text} |"
    yield ""
    told = [one for one in rescored.simulations if one.why]
    if told:
        yield "| # | task | trial | stored | now | verdict | why |\n|---|---|---|---|---|---|---|"
        yield from (_row(one) for one in told[:_SHOWN])
        yield ""
    if len(told) > _SHOWN:
        yield f"{len(told) - _SHOWN:,} more are in the JSON file.\n"
    if rescored.unreadable:
        yield "Unreadable simulations:\n"
        yield from (f"- {one.number}: {one.reason}" for one in rescored.unreadable[:_SHOWN])
        yield ""


def _row(one: Rescored) -> str:
    task = f"{one.task} (as {one.scored_as})" if one.scored_as else one.task
    why = "; ".join(one.why).replace("\n", " ").replace("|", "\\|")
    cells = (
        str(one.number),
        task.replace("|", "\\|"),
        str(one.trial),
        _reward(one.stored),
        _reward(one.reward),
        one.verdict.value,
        why if len(why) <= _QUOTED else why[:_QUOTED] + " ...",
    )
    return f"| {' | '.join(cells)} |"


def _reward(reward: float | None) -> str:
    return "-" if reward is None else f"{reward:g}"


def _evaluator(rescored: FileRescoring) -> str:
    evaluator = rescored.evaluator
    commit = f", commit {evaluator['commit'][:12]}" if evaluator["commit"] else ""
    return f"{evaluator['package']} {evaluator['version']}{commit}"


def _figures(rescored: FileRescoring, recomputed: bool) -> str:
    figures = rescored.recomputed if recomputed else rescored.stored
    if figures.mean_reward is None:
        return "nothing is counted"
    shown = [f"mean {figures.mean_reward:.4f}"]
    shown += [f"pass^{k} {value:.4f}" for k, value in figures.pass_hat.items()]
    kept = sum(
        one.reward is None and one.verdict is not Verdict.INFRASTRUCTURE
        for one in rescored.simulations
    )
    told = f" ({kept:,} stand with their stored reward)" if recomputed and kept else ""
    failed = f", {figures.infrastructure:,} failed by infrastructure"
    return (
        ", ".join(shown)
        + f", over {figures.counted:,} simulations of {figures.tasks:,} tasks"
        + (failed if figures.infrastructure else "")
        + told
    )


def _drift(rescored: FileRescoring) -> str:
    if rescored.drift is None:
        return "the package could not tell its present tasks"
    total = len(rescored.file.tasks)
    if not rescored.drift:
        return f"all {total:,} are as the package has them now"
    fields = Counter(name for one in rescored.drift for name in one.fields)
    moved = sum(bool(one.now) and not one.fields for one in rescored.drift)
    gone = sum(not one.now for one in rescored.drift)
    parts = [f"{n:,} in {name}" for name, n in sorted(fields.items())]
    parts += [f"{moved:,} have another id now"] if moved else []
    parts += [f"{gone:,} are gone"] if gone else []
    return (
        f"{len(rescored.drift):,} of {total:,} differ from those of the package now: "
        f"{', '.join(parts)}; scored as the file has them"
    )


def _in_order(remarks: Counter[Remark]) -> list[tuple[Remark, int]]:
    return [(remark, remarks[remark]) for remark in Remark if remarks[remark]]
