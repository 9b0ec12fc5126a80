"""Every format gives back, through a real file, the example that it was given."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings

from agentscaler.dataset import Example
from agentscaler.dataset.exports import FORMATS, ExportFormat, read_rows, row_writer
from agentscaler.errors import InputError

from ..dialogues import PLAIN, examples


def there_and_back(
    chosen: ExportFormat, given_examples: list[Example], folder: Path
) -> list[Example]:
    """Writes each row to a file, reads the files, and puts the examples together again."""
    rows = [chosen.encode(example) for example in given_examples]
    names = sorted({name for one in rows for name in one})
    for name in names:
        with (folder / name).open("wb") as file, row_writer(name, file) as writer:
            for one in rows:
                if name in one:
                    writer.write(one[name])
    left = {name: read_rows(folder / name) for name in names}
    back = [chosen.decode({name: next(left[name]) for name in one}) for one in rows]
    assert [name for name in names if next(left[name], None) is not None] == []
    return back


@pytest.mark.parametrize("chosen", FORMATS.values(), ids=FORMATS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(example=examples())
def test_whatever_an_example_says_comes_back(
    chosen: ExportFormat, tmp_path_factory: pytest.TempPathFactory, example: Example
) -> None:
    try:
        chosen.encode(example)
    except InputError:
        assume(False)
    [back] = there_and_back(chosen, [example], tmp_path_factory.mktemp("files"))
    assert back == example


@pytest.mark.parametrize("chosen", FORMATS.values(), ids=FORMATS)
def test_many_examples_come_back_in_order(chosen: ExportFormat, tmp_path: Path) -> None:
    many = [PLAIN.model_copy(update={"id": f"library/{number:03}/0"}) for number in range(300)]
    assert there_and_back(chosen, many, tmp_path) == many


@pytest.mark.parametrize("chosen", FORMATS.values(), ids=FORMATS)
def test_an_example_goes_only_to_files_that_the_format_names(chosen: ExportFormat) -> None:
    for split in ("train", "held_out"):
        example = PLAIN.model_copy(update={"split": split})
        named = {*chosen.data_files(example.split), *chosen.side_files(example.split)}
        assert set(chosen.encode(example)) <= named


@pytest.mark.parametrize("chosen", FORMATS.values(), ids=FORMATS)
def test_the_same_examples_give_the_same_bytes(chosen: ExportFormat, tmp_path: Path) -> None:
    contents = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        there_and_back(chosen, [PLAIN] * 3, tmp_path / name)
        contents.append([path.read_bytes() for path in sorted((tmp_path / name).iterdir())])
    assert contents[0] == contents[1]
