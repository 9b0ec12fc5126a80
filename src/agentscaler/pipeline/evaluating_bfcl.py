"""The suite BFCL on disk: its package generates and scores below `episodes/`, one folder a trial.

The results of the package are what was played: an evaluation that was stopped goes on with the
entries that have none, and it is scored again from them without a model.
"""

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path

from agentscaler import __version__
from agentscaler.errors import InputError, SettingsError
from agentscaler.evaluation import EvaluationFolder, EvaluationRecord, TrialResult, TrialState
from agentscaler.evaluation.bfcl import (
    BfclEvaluation,
    BfclPackage,
    Endpoint,
    read_trials,
    set_failures_aside,
)
from agentscaler.evaluation.bfcl.package import Listing

__all__ = ["BFCL", "begin_bfcl", "play_bfcl", "rescore_bfcl"]

BFCL = "bfcl"


def begin_bfcl(
    out: EvaluationFolder, package: BfclPackage, settings: BfclEvaluation
) -> EvaluationRecord:
    """Makes the evaluation's folder, or finds it made.

    Raises:
        SettingsError: no model is named.
        InputError: the package cannot be used, or another evaluation lies in the folder.
    """
    endpoint = settings.llm.endpoint("agent")
    if not endpoint.model:
        raise SettingsError(
            "Nobody is named who is to be evaluated.",
            "Name a model with --model and --base-url; a checkpoint answers under `agentscaler "
            "serve`.",
        )
    listing = package.list(settings.bfcl.categories)
    record = EvaluationRecord(
        suite=BFCL,
        contestant=endpoint.model,
        identity=endpoint.identity(),
        settings=settings.scoring(),
        data={
            "bfcl-eval": listing.version,
            "categories": {name: len(ids) for name, ids in listing.ids.items()},
        },
        tasks=_chosen(listing, settings.limit),
        trials=settings.trials,
        code=__version__,
    )
    out.begin(record)
    return record


def play_bfcl(
    out: EvaluationFolder, package: BfclPackage, settings: BfclEvaluation
) -> Iterator[list[TrialResult]]:
    """Plays what is owed, category by category.

    Yields:
        the results of a category, once they are scored and kept.

    Raises:
        InputError: the package broke off, or the endpoint answers nothing at all.
    """
    record = out.read()
    listing = package.list(settings.bfcl.categories)
    with out.locked():
        for trial in range(record.trials):
            root = _root(out, trial)
            set_failures_aside(root)
            missing = {slot.task for slot in out.missing() if slot.trial == trial}
            for category, ids in listing.ids.items():
                owed = [name for name in ids if name in missing]
                if owed:
                    results = _play_category(
                        package, root, trial, category, owed, listing, _endpoint(settings, trial)
                    )
                    out.append(results)
                    yield results


def rescore_bfcl(out: EvaluationFolder, python: Path | None) -> Iterator[list[TrialResult]]:
    """Has the package score its results again.

    Raises:
        InputError: no interpreter is named, or the package cannot score the results.
    """
    if python is None:
        raise InputError(
            "BFCL is scored by its own package.",
            "Give --python the interpreter in which bfcl-eval is installed.",
        )
    record, package = out.read(), BfclPackage(python)
    settings = BfclEvaluation.model_validate(
        {"llm": {"agent": record.identity}, "bfcl": record.settings.get("bfcl", {})}
    )
    groups = _groups_of(record.tasks)
    categories = sorted(set(groups.values()))
    for trial in range(record.trials):
        root = _root(out, trial)
        if any(root.glob("result/**/*_result.json")):
            set_failures_aside(root)
            package.score(root, categories, _endpoint(settings, trial))
            yield read_trials(root, trial, groups)


def _play_category(
    package: BfclPackage,
    root: Path,
    trial: int,
    category: str,
    owed: list[str],
    listing: Listing,
    endpoint: Endpoint,
) -> list[TrialResult]:
    """Generates and scores what a category owes; failures of the endpoint are results too."""
    before = listing.before.get(category, ())
    package.generate(root, {category: [*before, *owed]}, endpoint)
    failed = set_failures_aside(root)
    package.score(root, [category], endpoint)
    scored = read_trials(root, trial, dict.fromkeys(owed, category))
    unscored = [name for name in owed if name not in {one.task for one in scored}]
    if not scored and unscored:
        reason = failed.get(unscored[0], "the package kept no result")
        raise InputError(
            f"The endpoint gave no answer to any of {len(unscored):,} entries of {category}:"
            f" {reason}.",
            "Check --model and --base-url, then give the same command again.",
        )
    return [
        *scored,
        *(
            TrialResult(
                task=name,
                trial=trial,
                group=category,
                state=TrialState.INFRASTRUCTURE,
                reason="endpoint",
                detail=failed.get(name, "the package kept no result"),
            )
            for name in unscored
        ),
    ]


def _endpoint(settings: BfclEvaluation, trial: int) -> Endpoint:
    chosen = settings.llm.endpoint("agent")
    return Endpoint(
        model=chosen.model,
        base_url=chosen.base_url,
        api_key_env=chosen.api_key_env,
        native=chosen.tools == "native",
        sampling=chosen.sampling,
        request_seconds=chosen.request_seconds,
        retries=chosen.retries,
        threads=min(settings.concurrency, chosen.concurrency),
        seed=trial,
    )


def _root(out: EvaluationFolder, trial: int) -> Path:
    return out.episodes / f"trial-{trial}"


def _chosen(listing: Listing, limit: int | None) -> tuple[str, ...]:
    """The entries that are played: with a limit, the first of each category in turn."""
    every = [name for ids in listing.ids.values() for name in ids]
    if limit is None or limit >= len(every):
        return tuple(every)
    rounds = (name for row in zip_longest(*listing.ids.values()) for name in row if name)
    taken = {name for name, _ in zip(rounds, range(limit), strict=False)}
    return tuple(name for name in every if name in taken)


def _groups_of(names: Iterable[str]) -> dict[str, str]:
    """The category of each entry: its id without the number at the end."""
    return {name: name.rpartition("_")[0] for name in names}
