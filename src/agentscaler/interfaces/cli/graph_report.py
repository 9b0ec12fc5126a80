"""The report on a run's tool graph: communities by threshold, and their stability."""

from pathlib import Path
from typing import Annotated

import typer

from agentscaler.interfaces.cli.boundary import output_console

__all__ = ["graph_report"]

_NAME = "graph-calibration"
_STEPS = 8
_STEP = 0.05


def graph_report(
    run: Annotated[Path, typer.Option("--run", metavar="DIR", help="The run folder.")],
    tau: Annotated[
        list[float] | None,
        typer.Option("--tau", help="A threshold to try, above 0 and below 1; may be repeated."),
    ] = None,
) -> None:
    """Try other thresholds on the pool of a run; writes Markdown, JSON and SVG into reports/."""
    import orjson

    from agentscaler.corpus import ToolSpec
    from agentscaler.errors import SettingsError
    from agentscaler.graph import GraphRecipe
    from agentscaler.graph.calibration import calibrate
    from agentscaler.graph.calibration_report import calibration_page, calibration_plot
    from agentscaler.pipeline import Settings
    from agentscaler.runfolder import RunFolder

    folder = RunFolder.open(run)
    settings = Settings.model_validate(folder.settings)
    in_use = (
        settings.graph.tau
        if settings.graph.recipe is GraphRecipe.PAPER
        else settings.graph.tau_service
    )
    taus = tau or _around(in_use)
    if bad := [value for value in taus if not 0 < value < 1]:
        raise SettingsError(f"--tau is {bad[0]:g}.", "Give a number above 0 and below 1.")
    tools = list(folder.read("pool.jsonl", ToolSpec))
    found = calibrate(tools, settings.graph, taus, settings.seed)
    reports = folder.path / "reports"
    reports.mkdir(exist_ok=True)
    page = calibration_page(found, f"{_NAME}.svg")
    (reports / f"{_NAME}.md").write_text(page, encoding="utf-8")
    (reports / f"{_NAME}.svg").write_text(calibration_plot(found), encoding="utf-8")
    content = orjson.dumps(found.model_dump(mode="json"), option=orjson.OPT_INDENT_2)
    (reports / f"{_NAME}.json").write_bytes(content + b"\n")
    console = output_console()
    console.print(page, markup=False, soft_wrap=True)
    console.print(f"Written: {reports}/{_NAME}.md, .json and .svg", markup=False, soft_wrap=True)


def _around(tau: float) -> list[float]:
    """Thresholds on both sides of the one in use."""
    first = max(tau - _STEPS // 2 * _STEP, _STEP)
    values = [first + step * _STEP for step in range(_STEPS + 1)]
    return [round(value, 2) for value in {*values, tau} if value < 1]
