"""`AceItem`: one question of ACEBench with its right answer, and how a user's files are read.

A language's folder holds `data_<category>.json` (JSON lines: the questions) and
`possible_answer/data_<category>.json` (the answers).  A line that cannot be used is left out with
its reason; the rest goes on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from agentscaler.errors import InputError
from agentscaler.evaluation.acebench.categories import CATEGORIES, Kind, category_of, kind_of

__all__ = ["AceData", "AceItem", "BadLine", "Language", "read_data"]

Language = Literal["en", "zh"]
_MOST_BYTES = 256 * 1024 * 1024


class _Question(BaseModel):
    """A line of `data_<category>.json`; what else stands there is not used."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    question: str
    function: list[dict[str, Any]]
    time: str = ""
    profile: str | dict[str, Any] = ""
    initial_config: dict[str, Any] = {}
    involved_classes: tuple[str, ...] = ()


class _Answer(BaseModel):
    """A line of `possible_answer/data_<category>.json`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    ground_truth: Any
    mile_stone: list[str] | list[list[str]] = []


@dataclass(frozen=True)
class AceItem:
    """One question with its right answer.

    Attributes:
        question: the conversation so far; for agents the user's instruction.
        functions: what may be called, as the data has them.
        profile: of the user, where the category is about preferences.
        initial_config: of the simulated classes, by name; agents only.
        classes: the simulated classes that the agent's tools belong to.
        truth: of normal items {function: arguments} or a list of such alternatives; of special
            ones {name: [what is missing or wrong]} or a sentence; of agent ones a list of
            {class: attributes}.
        milestones: alternative lists of calls on the way; of other than agents one empty list.
        alternatives: whether the data hold a list of lists.
    """

    id: str
    category: str
    question: str
    functions: tuple[dict[str, Any], ...]
    truth: Any
    time: str = ""
    profile: str | dict[str, Any] = ""
    initial_config: dict[str, Any] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    milestones: tuple[tuple[str, ...], ...] = ()
    alternatives: bool = False

    @property
    def kind(self) -> Kind:
        return kind_of(self.category)

    @property
    def dialogue(self) -> str:
        """What counts as one in the category's accuracy: the item, or the dialogue of its turns."""
        return self.id.rpartition("_")[0] if self.is_turn else self.id

    @property
    def is_turn(self) -> bool:
        """Whether it is one turn of a dialogue that is right only as a whole."""
        return self.category.startswith("normal_multi_turn")

    @property
    def number(self) -> str:
        """The id's last number."""
        return self.id.rpartition("_")[2]


@dataclass(frozen=True)
class BadLine:
    """A line that is left out; `line` is counted from 1, and 0 where it is not known."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"left out of {place}: {self.reason}"


@dataclass(frozen=True)
class AceData:
    """What was read.

    Attributes:
        items: in the order of the categories and of the files.
        bad: what was left out.
        files: bytes of each file that was read, by its name below the language's folder.
    """

    language: Language
    items: tuple[AceItem, ...]
    bad: tuple[BadLine, ...]
    files: dict[str, bytes]

    def by_id(self) -> dict[str, AceItem]:
        return {item.id: item for item in self.items}


def read_data(folder: Path, language: Language, categories: Sequence[str] | None = None) -> AceData:
    """The items of a language.

    Args:
        folder: of the language (`data_en`), the one above it (`data_all`), or the checkout.
        categories: None takes all whose files are there.

    Raises:
        InputError: the folder holds no such data, or a file cannot be read at all.
    """
    folder = _language_folder(folder, language)
    wanted = categories or [one for one in CATEGORIES if (folder / f"data_{one}.json").exists()]
    if not wanted:
        raise InputError(
            f"{folder} holds no file data_<category>.json.",
            "Give --data the folder data_all of a checkout of ACEBench.",
        )
    items: list[AceItem] = []
    bad: list[BadLine] = []
    files: dict[str, bytes] = {}
    for category in wanted:
        if category not in CATEGORIES:
            raise InputError(
                f"ACEBench has no category {category}.", f"Name one of {', '.join(CATEGORIES)}."
            )
        name, answer_name = f"data_{category}.json", f"possible_answer/data_{category}.json"
        for one in (name, answer_name):
            files[one] = _bytes(folder / one)
        questions = _records(_Question, name, files[name], category, bad)
        answers = {
            one.id: one for _, one in _records(_Answer, answer_name, files[answer_name], "", bad)
        }
        for line, question in questions:
            answer = answers.get(question.id)
            reason = "it has no answer" if answer is None else _unusable(question, answer, category)
            if answer is None or reason:
                bad.append(BadLine(name, line, f"{question.id}: {reason}"))
                continue
            items.append(_item(question, answer, category))
    if not items:
        raise InputError(
            f"No line of {folder} can be used ({bad[0].reason if bad else 'its files are empty'}).",
            "Give --data the folder data_all of a checkout of ACEBench.",
        )
    return AceData(language, tuple(items), tuple(bad), files)


Record = TypeVar("Record", _Question, _Answer)


def _language_folder(folder: Path, language: Language) -> Path:
    name = f"data_{language}"
    for one in (folder, folder / name, folder / "data_all" / name):
        if (one / "possible_answer").is_dir():
            if one.name.startswith("data_") and one.name != name:
                continue
            return one
    raise InputError(
        f"{folder} holds no data of ACEBench in the language {language}.",
        f"Give --data the folder data_all of a checkout, in which {name}/possible_answer lies.",
    )


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path} is larger than 256 MiB.", "Give the benchmark's own file.")
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}.",
            "Give --data a folder that holds the questions and possible_answer.",
        ) from error


def _records(
    form: type[Record], file: str, content: bytes, category: str, bad: list[BadLine]
) -> Iterator[tuple[int, Record]]:
    """The usable lines of a file with their numbers, in order; the others are added to `bad`."""
    seen: set[str] = set()
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = form.model_validate(orjson.loads(line))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "the line"
            bad.append(BadLine(file, number, f"{place}: {first['msg']}"))
            continue
        except ValueError:
            bad.append(BadLine(file, number, "it is not JSON"))
            continue
        if record.id in seen:
            bad.append(BadLine(file, number, f"{record.id}: the id is there already"))
        elif category and category_of(record.id) != category:
            bad.append(BadLine(file, number, f"{record.id}: it is of another category"))
        else:
            seen.add(record.id)
            yield number, record


def _unusable(question: _Question, answer: _Answer, category: str) -> str:
    """Why a pair cannot be scored; "" where it can."""
    truth, kind = answer.ground_truth, kind_of(category)
    unnamed = [one for one in question.function if not isinstance(one.get("name"), str)]
    if unnamed:
        return "a function has no name"
    if kind is Kind.NORMAL:
        choices = truth if isinstance(truth, list) else [truth]
        fits = bool(choices) and all(_is_calls(one) for one in choices)
        return "" if fits else "ground_truth is not {function: {argument: value}}"
    if kind is Kind.SPECIAL:
        fits = isinstance(truth, str) if category == "special_irrelevant" else _is_lists(truth)
        return "" if fits else "ground_truth is not of the form of its category"
    if not isinstance(truth, list) or not all(_is_calls(one) for one in truth):
        return "ground_truth is not a list of {class: {attribute: value}}"
    return "" if question.involved_classes else "it involves no classes"


def _is_calls(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, dict) for one in value.values())


def _is_lists(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(one, list) and all(isinstance(text, str) for text in one)
        for one in value.values()
    )


def _item(question: _Question, answer: _Answer, category: str) -> AceItem:
    lists = [one for one in answer.mile_stone if isinstance(one, list)]
    alone = [one for one in answer.mile_stone if isinstance(one, str)]
    return AceItem(
        id=question.id,
        category=category,
        question=question.question,
        functions=tuple(question.function),
        truth=answer.ground_truth,
        time=question.time,
        profile=question.profile,
        initial_config=question.initial_config,
        classes=question.involved_classes,
        milestones=tuple(map(tuple, lists)) if lists else (tuple(alone),),
        alternatives=bool(lists),
    )
