"""`agentscaler evaluate own`: worlds of a run that nothing was learned from."""

from pathlib import Path
from typing import Annotated

import typer

from agentscaler.interfaces.cli.boundary import error_console, output_console
from agentscaler.interfaces.cli.evaluate.options import (
    AgentOption,
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
    RunOption,
    SeedOption,
    SetOption,
)

__all__ = ["own"]

SplitOption = Annotated[
    str | None,
    typer.Option("--split", metavar="held_out|train|all", help="Of the run's domains."),
]
ApartOption = Annotated[
    str | None,
    typer.Option(
        "--apart",
        metavar="families|tools|nothing",
        help="Leave out held-out domains that are like one that is trained on: by service or"
        " tools, by tools only, or none.",
    ),
]
DomainsOption = Annotated[
    str | None,
    typer.Option(
        "--domains", metavar="NAMES|@FILE", help="Only these, with commas, or a line each in FILE."
    ),
]
PerDomainOption = Annotated[
    int | None, typer.Option("--per-domain", min=1, help="Tasks of a domain, at most.")
]
UserOption = Annotated[
    str | None,
    typer.Option(
        "--user", metavar="scripted|model", help='Who plays the user: rules, or the role "user".'
    ),
]


def own(
    run: RunOption,
    out: OutOption,
    model: ModelOption = None,
    base_url: BaseUrlOption = None,
    api_key_env: ApiKeyEnvOption = None,
    checkpoint: CheckpointOption = None,
    agent: AgentOption = None,
    trials: TrialsOption = None,
    split: SplitOption = None,
    apart: ApartOption = None,
    domains: DomainsOption = None,
    per_domain: PerDomainOption = None,
    user: UserOption = None,
    limit: TasksLimitOption = None,
    concurrency: ConcurrencyOption = None,
    seed: SeedOption = None,
    budget_usd: BudgetUsdOption = None,
    budget_tokens: BudgetTokensOption = None,
    config: ConfigOption = None,
    overrides: SetOption = None,
) -> None:
    """Play tasks in the held-out domains of a run; the same command goes on where it stopped."""
    from agentscaler.evaluation import EvaluationFolder
    from agentscaler.evaluation.own import OwnEvaluation
    from agentscaler.interfaces.cli.evaluate.watching import finish
    from agentscaler.pipeline.evaluating import open_contestant
    from agentscaler.pipeline.own_worlds import SUITE, begin_own, play_own
    from agentscaler.runfolder import RunFolder

    options = EvaluateOptions(
        *(model, base_url, api_key_env, checkpoint, agent, trials, concurrency, limit, seed),
        *(budget_usd, budget_tokens, config, overrides),
    )
    chosen = {
        "split": split,
        "apart": apart,
        "domains": _names(domains),
        "per_domain": per_domain,
        "user": user,
    }
    settings = options.settings(OwnEvaluation, {"own": chosen})
    folder = EvaluationFolder(out)
    with open_contestant(out, settings, SUITE) as contestant:
        begin_own(folder, RunFolder.open(run), settings, contestant)
        finish(folder, play_own(folder, settings, contestant), error_console(), output_console())


def _names(given: str | None) -> list[str] | None:
    """The names that an option gives, or the file that it names."""
    from agentscaler.errors import InputError

    if given is None:
        return None
    if not given.startswith("@"):
        return [name.strip() for name in given.split(",") if name.strip()]
    try:
        return Path(given[1:]).read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{given[1:]} cannot be read.", "Name a file with the id of a domain a line."
        ) from error
