import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentscaler.corpus import Pool, PoolSettings, load_corpus
from agentscaler.errors import InputError

WriteJson = Callable[[str, Any], Path]
Document = dict[str, Any]


def functions(count: int, word: str = "thing") -> list[Document]:
    return [{"name": f"get_{word}_{i}", "description": f"Gets {word} {i}."} for i in range(count)]


def is_accounted_for(pool: Pool) -> bool:
    return pool.read == len(pool.tools) + len(pool.rejections) + pool.skipped


def test_sources_are_recognised_by_what_they_hold(
    library_model: Document,
    garden_document: Document,
    write_model: Callable[..., Path],
    write_json: WriteJson,
    tmp_path: Path,
) -> None:
    write_json("mine/garden.v1.json", garden_document)
    write_json("mine/deep/shop.json", functions(2))
    pool = load_corpus([write_model(library_model), tmp_path / "mine"])
    assert [tool.source for tool in pool.tools] == ["botocore"] * 3 + ["discovery"] * 3 + [
        "functions"
    ] * 2
    assert [tool.id for tool in pool.tools] == sorted(tool.id for tool in pool.tools)
    assert pool.read == 10
    assert is_accounted_for(pool)


def test_a_single_discovery_document_is_a_source(
    garden_document: Document, write_json: WriteJson
) -> None:
    pool = load_corpus([write_json("any.json", garden_document)])
    assert len(pool.tools) == 3


def test_a_bad_file_in_a_folder_is_a_rejection(write_json: WriteJson, tmp_path: Path) -> None:
    write_json("api/good.json", functions(2))
    write_json("api/empty.json", "")
    write_json("api/garden.v1.json", '{"kind": "discovery#restDescription", "resources": 7')
    pool = load_corpus([tmp_path / "api"])
    assert len(pool.tools) == 2
    assert sorted((one.id, one.reason) for one in pool.rejections) == [
        ("empty.json", "bad_file"),
        ("garden.v1.json", "bad_file"),
    ]
    assert is_accounted_for(pool)


def test_a_discovery_document_of_another_shape_is_a_rejection(
    write_json: WriteJson, tmp_path: Path
) -> None:
    write_json("api/good.json", functions(1))
    document = {"kind": "discovery#restDescription", "resources": [{"methods": 3}]}
    write_json("api/odd.v1.json", {**document, "pad": "discovery#restDescription"})
    pool = load_corpus([tmp_path / "api"])
    assert [one.id for one in pool.tools] == ["local.good.get_thing_0"]


@pytest.mark.parametrize("content", ["", '[{"name": "x"', "not json"])
def test_a_lone_file_that_cannot_be_read_is_an_error(write_json: WriteJson, content: str) -> None:
    with pytest.raises(InputError) as caught:
        load_corpus([write_json("tools.json", content)])
    assert "tools.json" in caught.value.what
    assert caught.value.remedy


def test_a_folder_of_nothing_but_bad_files_is_an_error(
    write_json: WriteJson, tmp_path: Path
) -> None:
    write_json("api/a.json", "{")
    write_json("api/b.json", "")
    with pytest.raises(InputError, match="None of the 2 files"):
        load_corpus([tmp_path / "api"])


def test_an_empty_folder_and_a_missing_path_are_errors(tmp_path: Path) -> None:
    (tmp_path / "void").mkdir()
    with pytest.raises(InputError, match="holds no API descriptions"):
        load_corpus([tmp_path / "void"])
    with pytest.raises(InputError, match="There is no source") as caught:
        load_corpus(["gogle"])
    assert "botocore, google" in caught.value.remedy


def test_duplicate_names_keep_the_first(write_json: WriteJson) -> None:
    twice = [*functions(1), {"name": "get_thing_0", "description": "Gets quite another one."}]
    pool = load_corpus([write_json("tools.json", twice)])
    assert [tool.description for tool in pool.tools] == ["Gets thing 0."]
    assert [one.reason for one in pool.rejections] == ["duplicate_name"]


@pytest.fixture
def many_files(write_json: WriteJson, tmp_path: Path) -> Path:
    for number in range(12):
        write_json(f"many/s{number:02}.json", functions(10, f"word{number}"))
    write_json("many/huge.json", functions(200, "huge"))
    return tmp_path / "many"


def test_a_slice_takes_whole_services_until_its_limit(many_files: Path) -> None:
    pool = load_corpus([many_files], PoolSettings(limit=35))
    services = [tool.service for tool in pool.tools]
    assert len(services) == 40
    assert {services.count(service) for service in services} == {10}
    assert is_accounted_for(pool)


def test_a_slice_passes_over_a_service_that_would_be_most_of_it(many_files: Path) -> None:
    pool = load_corpus([many_files], PoolSettings(limit=1000))
    assert len(pool.tools) == 120
    assert pool.skipped == 200
    assert is_accounted_for(pool)
    assert len(load_corpus([many_files]).tools) == 320


def test_the_seed_picks_the_slice(many_files: Path) -> None:
    def services(seed: int) -> set[str]:
        pool = load_corpus([many_files], PoolSettings(limit=30), seed=seed)
        return {tool.service for tool in pool.tools}

    assert services(1) == services(1)
    assert len({frozenset(services(seed)) for seed in range(5)}) > 1


def test_a_slice_alternates_between_sources(
    many_files: Path, write_json: WriteJson, tmp_path: Path
) -> None:
    for number in range(3):
        write_json(f"other/o{number}.json", functions(10, f"other{number}"))
    pool = load_corpus([many_files, tmp_path / "other"], PoolSettings(limit=40))
    others = [tool for tool in pool.tools if tool.service.startswith("local.o")]
    assert len(others) == 20


def test_a_slice_opens_only_the_services_it_takes(
    library_model: Document, write_model: Callable[..., Path]
) -> None:
    for number in range(5):
        model = copy.deepcopy(library_model)
        for name, operation in model["operations"].items():
            operation["documentation"] = f"Does {name} in house {number}."
        folder = write_model(model, service=f"library{number}")
    pool = load_corpus([folder], PoolSettings(limit=3))
    assert (len(pool.tools), pool.read) == (3, 4)


def test_each_source_has_its_own_account(
    library_model: Document, write_model: Callable[..., Path], write_json: WriteJson, tmp_path: Path
) -> None:
    write_json("mine/shop.json", [*functions(2), "rubbish"])
    write_json("mine/notes.txt", "Some notes.")
    pool = load_corpus([write_model(library_model), tmp_path / "mine"])
    models, mine = pool.sources
    assert (models.forms, models.read, models.kept) == ({"botocore": 1}, 4, 3)
    assert models.rejected == {"deprecated": 1}
    assert mine.source == str(tmp_path / "mine")
    assert (mine.forms, mine.unknown) == ({"functions": 1}, 1)
    assert (mine.read, mine.kept) == (4, 2)
    assert mine.rejected == {"bad_record": 1, "unknown_form": 1}


def test_the_order_in_which_a_capped_provider_is_filled_is_the_seeds(many_files: Path) -> None:
    def services(seed: int) -> set[str]:
        pool = load_corpus([many_files], PoolSettings(provider_cap=30), seed=seed)
        assert is_accounted_for(pool)
        assert len(pool.tools) == 30
        return {tool.service for tool in pool.tools}

    assert services(1) == services(1)
    assert len({frozenset(services(seed)) for seed in range(4)}) > 1


def test_python_words_and_the_facades_name_are_ordinary_names(write_json: WriteJson) -> None:
    odd = {
        "name": "class",
        "description": "Gives a class its teacher.",
        "parameters": {"type": "object", "properties": {"db": {}, "lambda": {}, "class": {}}},
    }
    (tool,) = load_corpus([write_json("school.json", [odd])]).tools
    assert (tool.name, list(tool.parameters["properties"])) == ("class", ["db", "lambda", "class"])
