"""The report on a run's funnel: what each stage turned away, why, and from which dialogues."""

from pathlib import Path
from typing import Annotated

import typer

from agentscaler.interfaces.cli.boundary import output_console

__all__ = ["funnel"]

_NAME = "funnel"


def funnel(
    run: Annotated[Path, typer.Option("--run", metavar="DIR", help="The run folder.")],
) -> None:
    """Count what the funnel kept and turned away; writes Markdown, JSON and SVG into reports/."""
    from collections import Counter
    from itertools import chain

    import orjson

    from agentscaler.filtering import Verdict, count_verdicts
    from agentscaler.filtering.report import funnel_page, funnel_plot
    from agentscaler.rollout import Trajectory
    from agentscaler.runfolder import RunFolder

    folder = RunFolder.open(run)
    verdicts = chain(folder.read("kept.jsonl", Verdict), folder.read("rejected.jsonl", Verdict))
    failures = folder.read("failures.jsonl", Trajectory)
    tally = count_verdicts(verdicts, Counter(str(one.failure_owner) for one in failures))
    reports = folder.path / "reports"
    reports.mkdir(exist_ok=True)
    page = funnel_page(tally, f"{_NAME}.svg")
    (reports / f"{_NAME}.md").write_text(page, encoding="utf-8")
    (reports / f"{_NAME}.svg").write_text(funnel_plot(tally), encoding="utf-8")
    content = orjson.dumps(tally.model_dump(mode="json"), option=orjson.OPT_INDENT_2)
    (reports / f"{_NAME}.json").write_bytes(content + b"\n")
    console = output_console()
    console.print(page, markup=False, soft_wrap=True)
    console.print(f"Written: {reports}/{_NAME}.md, .json and .svg", markup=False, soft_wrap=True)
