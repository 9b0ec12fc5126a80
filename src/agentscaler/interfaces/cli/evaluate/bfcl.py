"""`agentscaler evaluate bfcl`: the Berkeley Function Calling Leaderboard, by its own package."""

from pathlib import Path
from typing import Annotated

import typer

from agentscaler.interfaces.cli.boundary import error_console, output_console
from agentscaler.interfaces.cli.evaluate.options import (
    ApiKeyEnvOption,
    BaseUrlOption,
    ConcurrencyOption,
    EvaluateOptions,
    ModelOption,
    OutOption,
    TasksLimitOption,
    TrialsOption,
)
from agentscaler.interfaces.cli.options import ConfigOption, SetOption

__all__ = ["bfcl"]

PythonOption = Annotated[
    Path,
    typer.Option(
        "--python", metavar="PATH", help="The interpreter in which bfcl-eval is installed."
    ),
]
CategoryOption = Annotated[
    list[str] | None,
    typer.Option(
        "--category",
        metavar="NAME",
        help="A category or a group of them (simple_python, live, multi_turn); may be repeated."
        " Without it, single_turn and multi_turn.",
    ),
]


def bfcl(
    python: PythonOption,
    out: OutOption,
    model: ModelOption = None,
    base_url: BaseUrlOption = None,
    api_key_env: ApiKeyEnvOption = None,
    category: CategoryOption = None,
    trials: TrialsOption = None,
    limit: TasksLimitOption = None,
    concurrency: ConcurrencyOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
) -> None:
    """Play BFCL with its own package; the same command goes on where it stopped."""
    from agentscaler.evaluation import EvaluationFolder
    from agentscaler.evaluation.bfcl import BfclEvaluation, BfclPackage
    from agentscaler.interfaces.cli.evaluate.watching import finish
    from agentscaler.pipeline.evaluating_bfcl import begin_bfcl, play_bfcl

    options = EvaluateOptions(
        model=model,
        base_url=base_url,
        api_key_env=api_key_env,
        trials=trials,
        limit=limit,
        concurrency=concurrency,
        config=config,
        overrides=overrides,
    )
    settings = options.settings(BfclEvaluation, {"bfcl": {"categories": category}})
    folder, package = EvaluationFolder(out), BfclPackage(python)
    begin_bfcl(folder, package, settings)
    finish(folder, play_bfcl(folder, package, settings), error_console(), output_console())
