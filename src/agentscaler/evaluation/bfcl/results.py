"""Trials out of the files of BFCL's package.

result/contestant/GROUP/BFCL_v4_CATEGORY_result.json   a line an entry: what the model answered
score/contestant/GROUP/BFCL_v4_CATEGORY_score.json     a line of counts, then a line a wrong entry

An entry without a line in the file of scores is right.  Where the endpoint failed, the package
writes the error in the place of an answer, and would score it as wrong; such lines are set aside,
so that they count as nothing and are asked for again.
"""

import re
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any

import orjson

from agentscaler.errors import InputError
from agentscaler.evaluation.lines import append_lines, read_lines, write_lines
from agentscaler.evaluation.trial import TrialResult, TrialState
from agentscaler.rollout.trajectory import FailureOwner

__all__ = ["read_trials", "set_failures_aside"]

_ERROR = "Error during inference"
_CATEGORY = re.compile(r"BFCL_v\d+_(\w+)_(?:result|score)\.json")
_REFUSED = re.compile(r"openai\.(BadRequestError|UnprocessableEntityError)")
_ENDPOINT = re.compile(r"openai\.\w+(Error|Timeout)|(httpx|httpcore)\.\w+")
_RAISED = re.compile(r"^[A-Za-z_][\w.]*(?:Error|Exception|Timeout)\b.*$", re.MULTILINE)
_ASIDE = "failed.jsonl"
_DETAIL = 400


def set_failures_aside(root: Path) -> dict[str, str]:
    """Moves results that are failures of the endpoint into `failed.jsonl`; cuts torn lines off.

    A request that the endpoint refused as it stands, such as one too long, is the contestant's.

    Returns:
        the entries without a result now, each with the reason.
    """
    failed: dict[str, str] = {}
    for file in _files(root / "result", "result"):
        kept: list[bytes] = []
        aside: list[bytes] = []
        for line in file.read_bytes().split(b"\n"):
            record = _record(line)
            if record is None:
                continue
            reason = _failure_of_the_endpoint(record)
            (kept if reason is None else aside).append(line)
            if reason is not None:
                failed[record["id"]] = reason
        if aside:
            append_lines(root / _ASIDE, aside)
        write_lines(file, kept)
    return failed


def read_trials(root: Path, trial: int, groups: Mapping[str, str]) -> list[TrialResult]:
    """The trials that are scored.

    Args:
        groups: the category of every entry that is owed; others are passed over.

    Raises:
        InputError: scores and results do not belong together.
    """
    wrong = _wrong_entries(root, set(groups.values()))
    trials = []
    for kind, record in _results(root):
        name = record["id"]
        if name in groups:
            trials.append(_trial(record, trial, groups[name], kind, wrong.get(name)))
    return trials


def _trial(
    record: Mapping[str, Any],
    trial: int,
    group: str,
    kind: str,
    wrong: Mapping[str, Any] | None,
) -> TrialResult:
    reason, detail = _why(record, wrong) if wrong is not None else ("", "")
    return TrialResult(
        task=record["id"],
        trial=trial,
        group=group,
        kind=kind,
        state=TrialState.DONE,
        reward=0.0 if wrong is not None else 1.0,
        success=wrong is None,
        owner=FailureOwner.AGENT if wrong is not None else None,
        reason=reason,
        detail=detail[:_DETAIL],
        turns=_answers(record.get("result")),
        made_calls=_calls(record.get("result")),
        prompt_tokens=_total(record.get("input_token_count")),
        completion_tokens=_total(record.get("output_token_count")),
        seconds=_seconds(record.get("latency")),
    )


def _why(record: Mapping[str, Any], wrong: Mapping[str, Any]) -> tuple[str, str]:
    """The package's type of error and its message; a refused request has neither."""
    if str(record.get("result")).startswith(_ERROR):
        return "no_answer", str(record["result"])
    error = wrong.get("error")
    if isinstance(error, Mapping):
        told = error.get("error_message", error.get("message", error.get("error", "")))
        kind = str(error.get("error_type", "wrong"))
    else:
        told, kind = error or "", str(wrong.get("error_type", "wrong"))
    words = told if isinstance(told, str) else orjson.dumps(told).decode()
    return kind, words


def _wrong_entries(root: Path, categories: Set[str]) -> dict[str, Mapping[str, Any]]:
    """The entries of some categories that the package scored as wrong.

    Raises:
        InputError: a file counts other entries than there are results.
    """
    wrong: dict[str, Mapping[str, Any]] = {}
    for results in _files(root / "result", "result"):
        category = _category(results)
        if category not in categories:
            continue
        count = sum(1 for _ in read_lines(results))
        if not count:
            continue
        scores = next(
            (one for one in _files(root / "score", "score") if _category(one) == category), None
        )
        header, lines = _scores(scores)
        if header.get("total_count") != count:
            raise InputError(
                f"The scores of {category} in {root} are not those of its results.",
                "Score the evaluation again.",
            )
        wrong.update({one["id"]: one for one in lines})
        if count - header.get("correct_count", 0) != len(lines):
            raise InputError(
                f"The scores of {category} in {root} do not add up.", "Score the evaluation again."
            )
    return wrong


def _scores(file: Path | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The counts, and the wrong entries, of a file of scores; no counts where there is none."""
    lines = list(read_lines(file)) if file is not None else []
    header = _record(lines[0], named=False) if lines else None
    return header or {}, [one for line in lines[1:] if (one := _record(line)) is not None]


def _results(root: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """All results, each with the package's group of categories: "live", "multi_turn" and so on."""
    for file in _files(root / "result", "result"):
        kind = file.relative_to(root / "result").parts[1].replace("_", " ")
        for line in read_lines(file):
            record = _record(line)
            if record is not None:
                yield kind, record


def _files(folder: Path, kind: str) -> list[Path]:
    return sorted(folder.rglob(f"BFCL_v*_{kind}.json"))


def _category(file: Path) -> str:
    match = _CATEGORY.fullmatch(file.name)
    return match[1] if match else ""


def _record(line: bytes, *, named: bool = True) -> dict[str, Any] | None:
    """A line as a record; None for what is torn."""
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if isinstance(record, dict) and (not named or isinstance(record.get("id"), str)):
        return record
    return None


def _failure_of_the_endpoint(record: Mapping[str, Any]) -> str | None:
    """What the endpoint failed with; None for an answer, and for what is the contestant's fault."""
    result = record.get("result")
    if not isinstance(result, str) or not result.startswith(_ERROR):
        return None
    raised = _RAISED.findall(str(record.get("traceback", "")))
    if not raised or _REFUSED.match(raised[-1]) or not _ENDPOINT.match(raised[-1]):
        return None
    return str(raised[-1])[:_DETAIL]


def _answers(result: Any) -> int:
    """How often the model answered: once in a single turn, once a step otherwise."""
    if isinstance(result, list) and result and all(isinstance(turn, list) for turn in result):
        return sum(len(turn) for turn in result)
    return 1


def _calls(result: Any) -> int:
    """How many calls came as calls; in prompting mode they stand in texts, and count as none."""
    if isinstance(result, Mapping):
        return 1
    return sum(map(_calls, result)) if isinstance(result, list) else 0


def _total(counts: Any) -> int | None:
    """Tokens of all requests; None where none are told."""
    numbers = list(_numbers(counts))
    return int(sum(numbers)) if numbers else None


def _seconds(latency: Any) -> float | None:
    numbers = list(_numbers(latency))
    return round(sum(numbers), 3) if numbers else None


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, list):
        for one in value:
            yield from _numbers(one)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value
