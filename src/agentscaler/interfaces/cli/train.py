"""`agentscaler train`: a phase of training on the dialogues of a run; `train launch` for GPUs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from agentscaler.interfaces.cli.boundary import error_console, output_console
from agentscaler.interfaces.cli.options import SetOption, WorkersOption

if TYPE_CHECKING:
    from agentscaler.interfaces.cli.progress import Bars, Lines
    from agentscaler.pipeline.training import Trained, TrainingPlan

__all__ = ["plan_table", "train_app"]

train_app = typer.Typer(invoke_without_command=True)

FolderOption = Annotated[Path | None, typer.Option("--run", metavar="DIR", help="The run folder.")]
PhaseOption = Annotated[
    str | None, typer.Option("--phase", metavar="general|vertical", help="Which phase.")
]
RecipeOption = Annotated[
    str,
    typer.Option(
        "--recipe", metavar="NAME|FILE", help="small, qwen3-4b, qwen3-8b, qwen3-30b-a3b, or a file."
    ),
]
FromOption = Annotated[
    str | None,
    typer.Option("--from", metavar="CHECKPOINT", help="A checkpoint of ours to go on from."),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="DIR|NAME",
        help="Another model to begin with: a folder, or a name on the hub.",
    ),
]
VerticalOption = Annotated[
    list[str] | None,
    typer.Option(
        "--vertical", metavar="NAME|all", help="A hand-written domain to train on; may be repeated."
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", help="Where to; else checkpoints/RECIPE-PHASE in the run."
    ),
]
RestartOption = Annotated[
    bool, typer.Option("--restart", help="Throw away another training that lies there.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Train nothing; say what would be trained, on what.")
]


@train_app.callback()
def train(
    context: typer.Context,
    run: FolderOption = None,
    phase: PhaseOption = None,
    recipe: RecipeOption = "qwen3-4b",
    checkpoint: FromOption = None,
    model: ModelOption = None,
    vertical: VerticalOption = None,
    out: OutOption = None,
    overrides: SetOption = None,
    restart: RestartOption = False,
    dry_run: DryRunOption = False,
    workers: WorkersOption = None,
) -> None:
    """Train a model on the dialogues of a run; the same command goes on after an interruption."""
    if context.invoked_subcommand is not None:
        if run is not None or phase is not None:
            context.fail(f"Give the options behind the word {context.invoked_subcommand}.")
        return
    if run is None or phase is None:
        context.fail(f"Missing option '{'--run' if run is None else '--phase'}'.")
    from agentscaler.engine import LocalEngine
    from agentscaler.errors import InputError
    from agentscaler.interfaces.cli.progress import watcher
    from agentscaler.pipeline import Settings
    from agentscaler.pipeline.training import TrainingRequest, is_leading, plan_training, train_run
    from agentscaler.runfolder import RunFolder
    from agentscaler.settings import parse_override
    from agentscaler.training import PHASES

    if checkpoint is not None and model is not None:
        raise InputError("A training begins with one model.", "Give --from or --model, not both.")
    found = next((name for name in PHASES if name == phase), None)
    if found is None:
        raise InputError(f"There is no phase {phase}.", f"The phases are {', '.join(PHASES)}.")
    folder = RunFolder.open(run)
    request = TrainingRequest(
        *(found, recipe, [parse_override(text) for text in overrides or ()], checkpoint, model),
        *(tuple(vertical or ()), out, restart),
    )
    count = workers or Settings().workers
    console = error_console()
    console.quiet = not is_leading()
    with LocalEngine(count) as engine, watcher(console) as observer:
        watch = _Watch(observer)
        if dry_run:
            told = plan_training(folder, request, engine, watch)
        else:
            trained = train_run(folder, request, engine, watch)
    if dry_run:
        _print_plan(told)
    elif is_leading():
        _print_trained(trained)


@train_app.command("launch")
def launch(
    kind: Annotated[
        str, typer.Argument(metavar="fsdp2|deepspeed", help="How weights are shared among GPUs.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it; else it is printed.")
    ] = None,
    gpus: Annotated[int, typer.Option("--gpus", min=1, help="How many GPUs, in all.")] = 8,
    machines: Annotated[int, typer.Option("--machines", min=1, help="On how many machines.")] = 1,
) -> None:
    """Print a configuration for `accelerate launch`, for a training on several GPUs."""
    from agentscaler.training.launch import launch_configuration

    text = launch_configuration(kind, gpus=gpus, machines=machines)
    if out is None:
        output_console().print(text, markup=False, soft_wrap=True, end="")
        return
    out.write_text(text, encoding="utf-8")
    command = f"accelerate launch --config_file {out} -m agentscaler train --run DIR --phase PHASE"
    output_console().print(f"Written: {out}\nUse: {command}", markup=False, soft_wrap=True)


class _Watch:
    """Tells an observer of stages of the work of a training."""

    def __init__(self, observer: "Bars | Lines") -> None:
        self._observer = observer

    def begun(self, work: str, done: int, total: int) -> None:
        from agentscaler.interfaces.cli.progress import Work

        self._work = Work(work)
        self._observer.begun(self._work, done, total, [])

    def advanced(self, done: int) -> None:
        self._observer.advanced(self._work, done)


def plan_table(told: "TrainingPlan") -> Table:
    """What a training would do, a line a fact."""
    plan = told.plan
    table = Table(
        title=f"{told.recipe.name}, phase {told.phase}: what would be trained",
        title_justify="left",
        box=SIMPLE_HEAD,
        show_header=False,
    )
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    rows: list[tuple[str, object]] = [
        ("domains", plan.chosen.domains),
        ("dialogues", len(plan.chosen.places)),
        ("tokens", plan.chosen.tokens),
        ("of them learned", plan.chosen.learned),
        ("tokens of the longest dialogue of the choice", plan.longest),
        *((f"left out: {reason}", count) for reason, count in plan.chosen.left_out.items()),
        ("rows", len(plan.rows.rows)),
        ("of their room filled", f"{plan.rows.filled:.1%}"),
        ("steps", plan.steps),
        ("epochs", f"{plan.epochs:.2f}"),
        ("tokens seen in all", plan.tokens),
    ]
    if plan.evaluation is not None:
        words = {"held_out": "held-out domains", "apart": "tasks set apart"}
        rows += [
            (
                f"dialogues to evaluate on, of {words[plan.evaluation.source]}",
                len(plan.evaluation.chosen.places),
            )
        ]
    for name, value in rows:
        table.add_row(escape(name), f"{value:,}" if isinstance(value, int) else str(value))
    return table


def _print_plan(told: "TrainingPlan") -> None:
    console = output_console()
    console.print(plan_table(told))
    lines = [
        f"model: {told.model}",
        f"data: {told.plan.chosen.fingerprint}",
        f"checkpoint: {told.out}",
        f"hardware: {told.estimate or 'the recipe says nothing'}",
    ]
    if told.plan.evaluation is None:
        lines.append("evaluation: none, there is nothing to evaluate on")
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)


def _print_trained(trained: "Trained") -> None:
    last = trained.record.phases[-1]
    evaluated = "-" if last.eval_loss is None else f"{last.eval_loss:.4f}"
    lines = [
        f"{'up to date' if trained.kept else 'trained'}: {last.phase}, {last.steps:,} steps, "
        f"{last.tokens:,} tokens, loss {last.loss:.4f}, evaluation loss {evaluated}",
        f"checkpoint: {trained.out}",
    ]
    if trained.recipe.serving is not None:
        lines += ["serve it with:", trained.recipe.serving.command(str(trained.out))]
    for line in lines:
        output_console().print(line, markup=False, soft_wrap=True)
