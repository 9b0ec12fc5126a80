"""`agentscaler evaluate tau2` and `evaluate tau-bench`: live runs on the official packages."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agentscaler.interfaces.cli.boundary import error_console, output_console
from agentscaler.interfaces.cli.evaluate.options import (
    ApiKeyEnvOption,
    BaseUrlOption,
    CheckpointOption,
    ConcurrencyOption,
    EvaluateOptions,
    ModelOption,
    OutOption,
    TasksLimitOption,
    TrialsOption,
)
from agentscaler.interfaces.cli.options import (
    BudgetTokensOption,
    BudgetUsdOption,
    ConfigOption,
    SeedOption,
    SetOption,
    WorkersOption,
)

if TYPE_CHECKING:
    from agentscaler.evaluation.tau.settings import Tau2Evaluation, TauBenchEvaluation

__all__ = ["tau2", "tau_bench"]

HomeOption = Annotated[
    Path, typer.Option("--home", metavar="DIR", help="The checkout of the official package.")
]
PythonOption = Annotated[
    str | None,
    typer.Option("--python", metavar="FILE", help="The interpreter that it is installed in."),
]
DomainOption = Annotated[
    list[str] | None,
    typer.Option("--domain", metavar="NAME", help="A domain to play; may be repeated."),
]
TaskIdsOption = Annotated[
    str | None,
    typer.Option("--task-ids", metavar="ID,ID", help="Only these tasks, by the package's ids."),
]
SplitOption = Annotated[str | None, typer.Option("--split", help="Which split of the tasks.")]
UserModelOption = Annotated[
    str | None, typer.Option("--user-model", metavar="NAME", help="Plays the simulated user.")
]
UserBaseUrlOption = Annotated[
    str | None,
    typer.Option("--user-base-url", metavar="URL", help="Its endpoint; else that of the model."),
]
JudgeModelOption = Annotated[
    str | None,
    typer.Option("--judge-model", metavar="NAME", help="Judges assertions, where tasks have any."),
]
JudgeBaseUrlOption = Annotated[
    str | None,
    typer.Option("--judge-base-url", metavar="URL", help="Its endpoint; else that of the model."),
]
MaxStepsOption = Annotated[
    int | None, typer.Option("--max-steps", min=1, help="Steps of an episode, at most.")
]


def tau2(
    out: OutOption,
    home: HomeOption,
    python: PythonOption = None,
    domain: DomainOption = None,
    task_set: Annotated[
        str | None, typer.Option("--task-set", help="Tasks of another set: telecom_small.")
    ] = None,
    split: SplitOption = None,
    task_ids: TaskIdsOption = None,
    model: ModelOption = None,
    base_url: BaseUrlOption = None,
    api_key_env: ApiKeyEnvOption = None,
    checkpoint: CheckpointOption = None,
    user_model: UserModelOption = None,
    user_base_url: UserBaseUrlOption = None,
    judge_model: JudgeModelOption = None,
    judge_base_url: JudgeBaseUrlOption = None,
    trials: TrialsOption = None,
    max_steps: MaxStepsOption = None,
    max_errors: Annotated[
        int | None, typer.Option("--max-errors", min=1, help="Refused calls that end an episode.")
    ] = None,
    retrieval: Annotated[
        str | None,
        typer.Option("--retrieval", metavar="NAME", help="Of banking_knowledge: bm25, full_kb."),
    ] = None,
    concurrency: ConcurrencyOption = None,
    workers: WorkersOption = None,
    limit: TasksLimitOption = None,
    seed: SeedOption = None,
    budget_usd: BudgetUsdOption = None,
    budget_tokens: BudgetTokensOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
) -> None:
    """Play tau2-bench: its package judges, in its own interpreter; our runner asks the models.

    The same command goes on where it was stopped.
    """
    from agentscaler.evaluation.tau.settings import Tau2Evaluation

    options = EvaluateOptions(
        model=model,
        base_url=base_url,
        api_key_env=api_key_env,
        checkpoint=checkpoint,
        trials=trials,
        concurrency=concurrency,
        workers=workers,
        limit=limit,
        seed=seed,
        budget_usd=budget_usd,
        budget_tokens=budget_tokens,
        config=config,
        overrides=overrides,
    )
    suite = {
        "tau2": {
            "home": str(home),
            "python": python,
            "domains": domain,
            "task_set": task_set,
            "split": split,
            "task_ids": _ids(task_ids),
            "max_steps": max_steps,
            "max_errors": max_errors,
            "retrieval": retrieval,
        },
        **_others(options, user_model, user_base_url, judge_model, judge_base_url),
    }
    _evaluate(options.settings(Tau2Evaluation, suite), out)


def tau_bench(
    out: OutOption,
    home: HomeOption,
    python: PythonOption = None,
    domain: DomainOption = None,
    split: SplitOption = None,
    task_ids: TaskIdsOption = None,
    model: ModelOption = None,
    base_url: BaseUrlOption = None,
    api_key_env: ApiKeyEnvOption = None,
    checkpoint: CheckpointOption = None,
    user_model: UserModelOption = None,
    user_base_url: UserBaseUrlOption = None,
    user_strategy: Annotated[
        str | None,
        typer.Option("--user-strategy", help="Of its user: llm, react, verify or reflection."),
    ] = None,
    trials: TrialsOption = None,
    max_steps: MaxStepsOption = None,
    concurrency: ConcurrencyOption = None,
    workers: WorkersOption = None,
    limit: TasksLimitOption = None,
    seed: SeedOption = None,
    budget_usd: BudgetUsdOption = None,
    budget_tokens: BudgetTokensOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
) -> None:
    """Play tau-bench, the first benchmark of its authors, in the same way as tau2-bench."""
    from agentscaler.evaluation.tau.settings import TauBenchEvaluation

    options = EvaluateOptions(
        model=model,
        base_url=base_url,
        api_key_env=api_key_env,
        checkpoint=checkpoint,
        trials=trials,
        concurrency=concurrency,
        workers=workers,
        limit=limit,
        seed=seed,
        budget_usd=budget_usd,
        budget_tokens=budget_tokens,
        config=config,
        overrides=overrides,
    )
    suite = {
        "tau_bench": {
            "home": str(home),
            "python": python,
            "domains": domain,
            "split": split,
            "task_ids": _ids(task_ids),
            "max_steps": max_steps,
            "user_strategy": user_strategy,
        },
        **_others(options, user_model, user_base_url, None, None),
    }
    _evaluate(options.settings(TauBenchEvaluation, suite), out)


def _ids(written: str | None) -> list[str] | None:
    return None if written is None else [one for one in written.split(",") if one]


def _others(
    options: EvaluateOptions,
    user_model: str | None,
    user_base_url: str | None,
    judge_model: str | None,
    judge_base_url: str | None,
) -> Mapping[str, Mapping[str, Any]]:
    """Settings of user and judge; where only their model is named, it is asked at the endpoint of
    the one who is evaluated."""
    named = {"user": (user_model, user_base_url), "judge": (judge_model, judge_base_url)}
    llm: dict[str, Any] = {}
    for part, (model, base_url) in named.items():
        if model is not None or base_url is not None:
            said = {
                "model": model,
                "base_url": base_url or options.base_url,
                "api_key_env": options.api_key_env,
            }
            llm[part] = {name: value for name, value in said.items() if value is not None}
    return {"llm": llm}


def _evaluate(settings: "Tau2Evaluation | TauBenchEvaluation", out: Path) -> None:
    from agentscaler.evaluation import EvaluationFolder
    from agentscaler.interfaces.cli.evaluate.watching import finish
    from agentscaler.pipeline.evaluating import open_contestant
    from agentscaler.pipeline.evaluating_tau import TauEvaluation

    folder = EvaluationFolder(out)
    with open_contestant(out, settings, settings.suite) as contestant:
        evaluation = TauEvaluation.begin(folder, settings, contestant)
        finish(folder, evaluation.play(), error_console(), output_console())
