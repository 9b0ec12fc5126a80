"""Result files in the official form: `data_<category>_result.json`, lines {id, result, process}.

The official scorer pairs lines with questions by their places, so that a file must be whole and in
the order of the data; ours pairs them by id.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from agentscaler.errors import InputError
from agentscaler.evaluation.acebench.categories import CATEGORIES
from agentscaler.evaluation.acebench.items import AceItem, BadLine
from agentscaler.evaluation.lines import append_lines, write_lines

__all__ = ["ResultFiles", "SavedResult", "categories_in", "model_of", "read_results"]

_MOST_BYTES = 1024 * 1024 * 1024


@dataclass(frozen=True)
class SavedResult:
    """A line of a result file."""

    id: str
    result: Any
    process: Any = None


@dataclass(frozen=True)
class ResultFiles:
    """A folder of result files that an evaluation writes.

    Args:
        folder: one a trial, made when something is written.
    """

    folder: Path

    def append(self, item: AceItem, saved: SavedResult) -> None:
        """Adds a line to the file of the item's category."""
        self.folder.mkdir(parents=True, exist_ok=True)
        append_lines(self._file(item.category), [_line(saved)])

    def replace(self, items: Sequence[AceItem], saved: Mapping[str, SavedResult]) -> None:
        """Writes the files anew, in the order of the data."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for category in dict.fromkeys(item.category for item in items):
            mine = [one for one in items if one.category == category and one.id in saved]
            write_lines(self._file(category), [_line(saved[one.id]) for one in mine])

    def tidy(self, items: Sequence[AceItem]) -> None:
        """Brings the files into the order of the data, one line an item, the newest."""
        by_category: dict[str, list[AceItem]] = {}
        for item in items:
            by_category.setdefault(item.category, []).append(item)
        for category, group in by_category.items():
            file = self._file(category)
            if not file.exists():
                continue
            newest = {one.id: one for one in _lines(file, [])}
            write_lines(file, [_line(newest[item.id]) for item in group if item.id in newest])

    def read(self, items: Sequence[AceItem]) -> dict[str, SavedResult]:
        """The newest result of each item that has one."""
        found: dict[str, SavedResult] = {}
        for category in dict.fromkeys(item.category for item in items):
            file = self._file(category)
            if file.exists():
                found |= {one.id: one for one in _lines(file, [])}
        wanted = {item.id for item in items}
        return {name: one for name, one in found.items() if name in wanted}

    def _file(self, category: str) -> Path:
        return self.folder / f"data_{category}_result.json"


def read_results(
    folder: Path, items: Mapping[str, AceItem]
) -> tuple[dict[str, SavedResult], list[BadLine], dict[str, bytes]]:
    """Saved results of a model.

    Args:
        folder: with the files of one model, such as `result_all/result_en/MODEL`.
        items: by their ids; files of categories that none of them is of are not read, and results
            of others in the rest are reported as unusable.

    Returns:
        the results by id, what could not be used, and the bytes of the files by name.

    Raises:
        InputError: the folder holds no result files, or those of several models.
    """
    wanted = {item.category for item in items.values()}
    files = [file for file in _files(folder) if _category(file) in wanted]
    found: dict[str, SavedResult] = {}
    bad: list[BadLine] = []
    contents: dict[str, bytes] = {}
    for file in files:
        if file.stat().st_size > _MOST_BYTES:
            raise InputError(f"{file} is larger than 1 GiB.", "Give result files of ACEBench.")
        contents[file.name] = file.read_bytes()
        category = _category(file)
        for one in _lines(file, bad):
            item = items.get(one.id)
            if item is None or item.category != category:
                bad.append(BadLine(file.name, 0, f"{one.id}: the data have no such item there"))
                continue
            if one.id in found:
                bad.append(BadLine(file.name, 0, f"{one.id}: it is there twice; the last counts"))
            found[one.id] = one
    return found, bad, contents


def categories_in(folder: Path) -> list[str]:
    """The categories that a folder of saved results is of.  Raises InputError as `read_results`."""
    return [name for file in _files(folder) if (name := _category(file)) in CATEGORIES]


def model_of(folder: Path) -> str:
    """The name of the folder that the files lie in, which in the official layout is the model's."""
    return _files(folder)[0].absolute().parent.name


def _category(file: Path) -> str:
    return file.name.removeprefix("data_").removesuffix("_result.json")


def _files(folder: Path) -> list[Path]:
    """The result files of one model, in the folder or in one below it."""
    places = sorted({file.parent for file in folder.rglob("data_*_result.json")})
    if folder in places:
        places = [folder]
    if len(places) != 1:
        raise InputError(
            f"{folder} holds results of {len(places)} models: {places[0]} and others."
            if places
            else f"{folder} holds no files data_<category>_result.json.",
            "Give --results the folder of one model's results in one language.",
        )
    return sorted(places[0].glob("data_*_result.json"))


def _line(saved: SavedResult) -> bytes:
    record = {"id": saved.id, "result": saved.result}
    if saved.process is not None:
        record["process"] = saved.process
    return orjson.dumps(record, option=orjson.OPT_NON_STR_KEYS)


def _lines(file: Path, bad: list[BadLine]) -> Iterator[SavedResult]:
    """The lines of a file that can be read; the others are added to `bad`."""
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = orjson.loads(line)
        except ValueError:
            bad.append(BadLine(file.name, number, "it is not JSON"))
            continue
        if not isinstance(record, dict) or not isinstance(record.get("id"), str):
            bad.append(BadLine(file.name, number, "it has no id"))
        elif "result" not in record:
            bad.append(BadLine(file.name, number, f"{record['id']}: it has no result"))
        else:
            yield SavedResult(record["id"], record["result"], record.get("process"))
