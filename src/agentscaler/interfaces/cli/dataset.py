"""`agentscaler dataset export` and `check`: the training set in a trainer's format, and back."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from agentscaler.interfaces.cli.boundary import error_console, output_console
from agentscaler.interfaces.cli.options import RunOption

if TYPE_CHECKING:
    from agentscaler.runfolder import RunFolder

__all__ = ["check", "export"]

FormatOption = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="trl|openai|tools-json|sharegpt|parquet|all",
        help="For which trainer; may be repeated. Without it, trl.",
    ),
]


def export(
    run: RunOption,
    formats: FormatOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where to; else exports/FORMAT in the run."),
    ] = None,
) -> None:
    """Write the training set in the formats that trainers read, each with its card."""
    from agentscaler.dataset.exports import FORMATS
    from agentscaler.errors import InputError
    from agentscaler.interfaces.cli.progress import Work, watcher
    from agentscaler.pipeline.exports import export_dataset
    from agentscaler.runfolder import RunFolder

    names = formats or ["trl"]
    names = list(FORMATS) if "all" in names else list(dict.fromkeys(names))
    if unknown := [name for name in names if name not in FORMATS]:
        raise InputError(
            f"There is no format {unknown[0]}.", f"The formats are {', '.join(FORMATS)}."
        )
    folder = RunFolder.open(run)
    for name in names:
        target = out / name if out is not None and len(names) > 1 else out
        work = Work(f"export {name}")
        with watcher(error_console()) as observer:
            observer.begun(work, 0, _examples(folder), [])
            path, record = export_dataset(folder, name, target, partial(observer.advanced, work))
        size = sum(file.bytes for file in record.files.values())
        output_console().print(
            f"{name}: {_examples(folder):,} examples, {size / 1e6:,.1f} MB, in {escape(str(path))}",
            soft_wrap=True,
        )


def check(
    run: RunOption,
    out: Annotated[
        list[Path] | None,
        typer.Option("--out", metavar="DIR", help="An export outside the run; may be repeated."),
    ] = None,
) -> None:
    """Read every export of a run back, and compare it with the examples, one by one."""
    from agentscaler.errors import InputError
    from agentscaler.interfaces.cli.progress import Work, watcher
    from agentscaler.pipeline.exports import check_export, exports_of
    from agentscaler.runfolder import RunFolder

    folder = RunFolder.open(run)
    paths = [*exports_of(folder), *(out or ())]
    if not paths:
        raise InputError(
            f"{folder.path} holds no export.",
            f"Make one with `agentscaler dataset export --run {folder.path}`.",
        )
    wrong = []
    for path in paths:
        work = Work(f"check {path.name}")
        with watcher(error_console()) as observer:
            observer.begun(work, 0, _examples(folder), [])
            found = check_export(folder, path, partial(observer.advanced, work))
        told = "; ".join(found.faults) or f"{found.examples:,} examples come back as they were"
        output_console().print(f"{escape(str(path))}: {escape(told)}", soft_wrap=True)
        wrong += [path] if found.faults else []
    if wrong:
        raise InputError(
            f"{len(wrong)} of {len(paths)} exports are not what the run holds.",
            "Export them again with `agentscaler dataset export`.",
        )


def _examples(folder: "RunFolder") -> int:
    record = folder.record("dataset")
    return record.counters.get("out", 0) if record else 0
