"""An evaluation on ACEBench: which trials there are, playing them, and scoring saved results.

    for results in play(folder, items, player, scorer, in_flight): ...   the trials that are owed
    results = score_saved(items, saved, scorer)                          without a model

Under `episodes/trial_<n>` lie result files in the official form, which the official scorer reads,
and the dialogues of agents.
"""

import hashlib
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from agentscaler.engine import Flight
from agentscaler.errors import EndpointError
from agentscaler.evaluation.acebench.categories import Kind
from agentscaler.evaluation.acebench.items import AceData, AceItem
from agentscaler.evaluation.acebench.playing import Played, Player, Stop
from agentscaler.evaluation.acebench.results import ResultFiles, SavedResult
from agentscaler.evaluation.acebench.score import score_answer
from agentscaler.evaluation.acebench.settings import Scorer
from agentscaler.evaluation.acebench.simulation import SimulationLostError
from agentscaler.evaluation.acebench.verdict import Scores
from agentscaler.evaluation.folder import EvaluationFolder
from agentscaler.evaluation.lines import append_lines
from agentscaler.evaluation.trial import Slot, TrialResult, TrialState
from agentscaler.rollout.trajectory import FailureOwner

__all__ = [
    "chosen",
    "data_record",
    "digest_of",
    "home_record",
    "play",
    "rescore",
    "score_saved",
    "trial_files",
]

_BLAMED: dict[Stop, FailureOwner] = {
    "user_refused": FailureOwner.USER,
    "simulation": FailureOwner.ENVIRONMENT,
}


def chosen(items: Sequence[AceItem], limit: int | None) -> list[AceItem]:
    """The items to play: at most `limit`, spread over the categories, dialogues whole."""
    if limit is None:
        return list(items)
    dialogues: dict[str, dict[str, list[AceItem]]] = {}
    for item in items:
        dialogues.setdefault(item.category, {}).setdefault(item.dialogue, []).append(item)
    queues = [list(of.values()) for of in dialogues.values()]
    taken: set[str] = set()
    for place in range(max(map(len, queues), default=0)):
        for queue in queues:
            group = queue[place] if place < len(queue) else []
            if group and len(taken) + len(group) <= limit:
                taken |= {item.id for item in group}
    return [item for item in items if item.id in taken]


def data_record(data: AceData, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What was evaluated on, for `EvaluationRecord.data`.

    Args:
        more: what else decides, such as the prompts.
    """
    return {
        "language": data.language,
        "categories": list(dict.fromkeys(item.category for item in data.items)),
        "lines left out": len(data.bad),
        "digest of the files": digest_of(data.files),
        **(more or {}),
    }


def digest_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 over files and their names, in hexadecimal."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()


def home_record(home: Path, prompts: str) -> dict[str, Any]:
    """What of a checkout decides what is played, besides the data.

    Args:
        prompts: their digest.
    """
    folders = [home / "model_inference" / name for name in ("multi_turn", "multi_step")]
    code = {
        path.relative_to(home).as_posix(): path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*.py"))
    }
    return {"digest of the prompts": prompts, "digest of the simulated classes": digest_of(code)}


def trial_files(folder: EvaluationFolder, trial: int) -> ResultFiles:
    """The result files of a trial."""
    return ResultFiles(folder.episodes / f"trial_{trial}")


def play(
    folder: EvaluationFolder,
    items: Sequence[AceItem],
    player: Player,
    scorer: Scorer,
    in_flight: int,
    at_end: Callable[[], Awaitable[None]] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[list[TrialResult]]:
    """Plays what is missing; each result is in the folder before it is given.

    Args:
        items: of all slots of the evaluation.
        in_flight: items at the same time.
        at_end: awaited in the items' event loop when they are over.

    Raises:
        AgentScalerError: something that the user can mend; what was played is kept.
    """
    by_id = {item.id: item for item in items}

    async def play_slot(slot: Slot) -> TrialResult:
        began = clock()
        item = by_id[slot.task]
        try:
            played = await player.play(item, slot.trial)
        except SimulationLostError as error:
            result = _failed(item, slot.trial, "process", str(error))
        except EndpointError as error:
            result = _failed(item, slot.trial, "endpoint", str(error))
        else:
            _keep(folder, item, slot.trial, played)
            scores = score_answer(item, _as_json(played.result), played.process)
            result = _result(item, slot.trial, scores, scorer, played)
        result = result.model_copy(update={"seconds": round(clock() - began, 3)})
        folder.append([result])
        return result

    async def end() -> None:
        await player.simulation.aclose()
        if at_end is not None:
            await at_end()

    units = ([slot] for slot in folder.missing())
    try:
        yield from Flight(play_slot, units, in_flight, end).results()
    finally:
        for trial in range(folder.read().trials):
            trial_files(folder, trial).tidy(items)


def score_saved(
    items: Sequence[AceItem], saved: Mapping[str, SavedResult], scorer: Scorer, trial: int = 0
) -> list[TrialResult]:
    """Scores saved results; an item without one is a trial that the infrastructure failed."""
    results = []
    for item in items:
        found = saved.get(item.id)
        if found is None:
            results.append(_failed(item, trial, "no_result", "the files have no result of it"))
            continue
        scores = score_answer(item, found.result, found.process)
        texts = [found.result] if item.kind is not Kind.AGENT else found.process
        played = Played(found.result, texts if item.kind is Kind.AGENT else None)
        results.append(_result(item, trial, scores, scorer, played))
    return results


def rescore(
    folder: EvaluationFolder, items: Sequence[AceItem], scorer: Scorer
) -> Iterator[list[TrialResult]]:
    """Scores what was played anew, trial by trial; what it cost stays as it is.

    Trials that the infrastructure failed, or whose result is gone, are left out.
    """
    by_id = {item.id: item for item in items}
    kept = {"reward", "success", "owner", "reason", "detail", "scores", "extra"}
    stored = folder.results()
    for trial in range(folder.read().trials):
        saved = trial_files(folder, trial).read(items)
        fresh = []
        for before in stored:
            found = saved.get(before.task)
            if before.trial != trial or not before.done or found is None:
                continue
            item = by_id[before.task]
            played = Played(stop=before.extra.get("stop", "ended"))
            scores = score_answer(item, found.result, found.process)
            now = _result(item, trial, scores, scorer, played)
            values = {name: getattr(now, name) for name in sorted(kept)}
            fresh.append(before.model_copy(update=values))
        yield fresh


def _keep(folder: EvaluationFolder, item: AceItem, trial: int, played: Played) -> None:
    files = trial_files(folder, trial)
    files.append(item, SavedResult(item.id, played.result, played.process))
    if played.dialogue:
        line = orjson.dumps({"id": item.id, "stop": played.stop, "dialogue": played.dialogue})
        append_lines(files.folder / "dialogues.jsonl", [line])


def _as_json(value: Any) -> Any:
    """A value as a file gives it back: keys are texts."""
    return orjson.loads(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS))


def _result(
    item: AceItem, trial: int, scores: Scores, scorer: Scorer, played: Played
) -> TrialResult:
    verdict = scores.parity if scorer == "parity" else scores.fixed
    numbers = {"parity": float(scores.parity.right), "fixed": float(scores.fixed.right)}
    for name, share in (
        ("process_parity", scores.parity_process),
        ("process_fixed", scores.fixed_process),
    ):
        if share is not None:
            numbers[name] = share
    owner = None if verdict.right else _BLAMED.get(played.stop, FailureOwner.AGENT)
    stopped = played.stop not in ("ended", "turns") and not verdict.right
    return TrialResult(
        task=item.id,
        trial=trial,
        group=item.category,
        cluster=item.dialogue if item.is_turn else "",
        kind=item.kind.value,
        calls=_calls(item),
        reward=float(verdict.right),
        success=verdict.right,
        owner=owner,
        reason=played.stop if stopped else verdict.reason,
        detail=played.detail if stopped else verdict.detail,
        scores=numbers,
        turns=played.turns,
        made_calls=played.calls,
        prompt_tokens=played.prompt_tokens if played.turns else None,
        completion_tokens=played.completion_tokens if played.turns else None,
        extra={
            "parity_reason": scores.parity.reason,
            "fixed_reason": scores.fixed.reason,
            "stop": played.stop,
        },
    )


def _failed(item: AceItem, trial: int, reason: str, detail: str) -> TrialResult:
    return TrialResult(
        task=item.id,
        trial=trial,
        group=item.category,
        cluster=item.dialogue if item.is_turn else "",
        kind=item.kind.value,
        calls=_calls(item),
        state=TrialState.INFRASTRUCTURE,
        owner=FailureOwner.INFRASTRUCTURE,
        reason=reason,
        detail=detail,
    )


def _calls(item: AceItem) -> int | None:
    """Calls of the right answer; of agents the shortest way that the data know."""
    if item.kind is Kind.SPECIAL:
        return 0
    if item.kind is Kind.AGENT:
        return min((len(one) for one in item.milestones), default=None)
    truth = item.truth[0] if isinstance(item.truth, list) else item.truth
    return len(truth)
