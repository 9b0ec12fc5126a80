"""Names in common with benchmarks."""

from pathlib import Path

import pytest

from agentscaler.dataset import DatasetDomain, DatasetTool, read_benchmark_tools, shared_names
from agentscaler.errors import InputError


def domain(name: str, split: str, *tools: str) -> DatasetDomain:
    made = [DatasetTool(name=one, fingerprint="", origin="", licence="") for one in tools]
    return DatasetDomain.model_validate(
        {
            **{"id": name, "title": name, "provider": "p", "service": "p.s", "engine": "rules"},
            **{"split": split, "examples": 5, "tools": made},
        }
    )


def test_whole_names_of_the_training_split_are_held_against_a_benchmarks() -> None:
    domains = [
        domain("shop", "train", "get_order", "cancel_order"),
        domain("bank", "train", "get_order", "transfer"),
        domain("zoo", "held_out", "feed"),
    ]
    [found] = shared_names(domains, {"bench": ("feed", "get_order", "get_orders")})
    assert found.shared == ("get_order",)
    assert (found.tools, found.domains, found.examples) == (3, 2, 10)


def test_a_benchmark_with_nothing_in_common_is_reported_all_the_same() -> None:
    [found] = shared_names([domain("zoo", "train", "feed")], {"bench": ("eat",)})
    assert (found.shared, found.domains, found.examples) == ((), 0, 0)


def test_names_are_read_from_json_and_sorted(tmp_path: Path) -> None:
    path = tmp_path / "names.json"
    path.write_text('{"bench": ["b", "a", "b"]}')
    assert read_benchmark_tools(path) == {"bench": ("a", "b")}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("[1", "is not JSON"),
        ("[]", "does not map benchmarks"),
        ('{"bench": "a"}', "no list of names under bench"),
        ('{"bench": [1]}', "no list of names under bench"),
    ],
)
def test_another_content_is_refused(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "names.json"
    path.write_text(content)
    with pytest.raises(InputError, match=complaint):
        read_benchmark_tools(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be read.*dataset\.benchmark_tools"):
        read_benchmark_tools(tmp_path / "no.json")
