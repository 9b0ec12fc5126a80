"""Benchmarks read from their checkouts and data, without running anything of theirs."""

import json
from pathlib import Path

import pytest

from agentscaler.dataset.contamination import BENCHMARKS, Benchmark, names_of, read_benchmark
from agentscaler.errors import InputError

from . import checkouts


def names(benchmark: Benchmark) -> list[tuple[str, str]]:
    return [(tool.place, tool.name) for tool in benchmark.tools]


def texts(benchmark: Benchmark, kind: str) -> list[str]:
    return [passage.text for passage in benchmark.passages if passage.kind == kind]


def test_tau2_gives_tools_of_agents_and_users_policies_requests_and_ids(tmp_path: Path) -> None:
    found = read_benchmark(str(checkouts.tau2(tmp_path)))
    assert found.name == "tau2"
    assert sorted(names(found)) == [
        ("parcels", "redirect_parcel"),
        ("parcels", "weigh"),
        ("parcels, user", "ring_bell"),
    ]
    by_name = {tool.name: tool.parameters for tool in found.tools}
    assert by_name["redirect_parcel"] == frozenset(
        {("parcel_id", "string"), ("street", "string"), ("zip_code", "string"), ("codes", "array")}
    )
    assert by_name["weigh"] == frozenset(
        {("parcel", "object"), ("exactly", "boolean"), ("unit", "string")}
    )
    [about] = [text for text in texts(found, "descriptions") if text.startswith("Send")]
    assert " ".join(about.split()) == checkouts.DESCRIPTION
    assert texts(found, "policies").count(checkouts.POLICY) == 1
    assert f"- {checkouts.POLICY}" in texts(found, "policies")
    assert texts(found, "intents") == [checkouts.REQUEST]
    assert found.identifiers == {
        "W4821390": "parcels task 7",
        "K7Q2MX": "parcels task 7",
        "W7731904": "parcels/db.json",
        "9034417256": "lockers/db.toml",
    }
    [unread] = found.unread
    assert unread.startswith("parcels/broken.py: broken.py is not Python")


def test_tau_bench_gives_literal_tools_instructions_rules_and_data(tmp_path: Path) -> None:
    found = read_benchmark(str(checkouts.tau_bench(tmp_path)))
    assert found.name == "tau-bench"
    assert names(found) == [("parcels", "redirect_parcel")]
    assert found.tools[0].parameters == {("parcel_id", "string"), ("street", "string")}
    assert texts(found, "descriptions") == [
        "Send a parcel to another address while it is on its way."
    ]
    assert texts(found, "policies") == [checkouts.POLICY, checkouts.POLICY]
    assert texts(found, "intents") == [checkouts.REQUEST, checkouts.REQUEST]
    assert set(found.identifiers) == {"W4821390", "ana_berg_5172", "bo_lund_8264"}


def test_acebench_gives_questions_functions_and_the_ids_of_its_answers(tmp_path: Path) -> None:
    found = read_benchmark(str(checkouts.acebench(tmp_path)))
    assert found.name == "acebench"
    assert ("data_en/data_normal_preference", "weighParcel") in names(found)
    assert f"user: {checkouts.REQUEST}\n" in texts(found, "intents")
    assert found.identifiers == {
        "W4821390": "data_en/data_normal_preference normal_preference_0",
        "K7Q2MX": "data_en/possible_answer/data_normal_preference normal_preference_0",
    }
    assert names_of(found) == {"data_agent_multi_step": ["ring_bell"]}, "not the thousands"


def test_bfcl_gives_turns_and_the_functions_of_its_classes(tmp_path: Path) -> None:
    found = read_benchmark(f"bfcl={checkouts.bfcl(tmp_path)}")
    assert names(found) == [
        ("BFCL_v4_simple_python", "parcel.weigh"),
        ("multi_turn_func_doc/bells", "ring_bell"),
    ]
    assert texts(found, "intents") == [checkouts.REQUEST, "Thanks."]
    assert names_of(found) == {"bells": ["ring_bell"]}


def test_a_run_gives_its_tools_policies_and_requests(tmp_path: Path) -> None:
    run = tmp_path / "other"
    tool = checkouts.function("weigh_parcel", {"parcel_id": {"type": "string"}}, "Weigh.")
    checkouts.write(run / "manifest.json", "{}")
    checkouts.write(run / "domains" / "post" / "domain.json", json.dumps({"tools": [tool]}))
    checkouts.write(run / "domains" / "post" / "policy.md", checkouts.POLICY)
    checkouts.write(
        run / "tasks.jsonl",
        checkouts.lines([{"id": "post/0", "intent": checkouts.REQUEST, "facts": ["K7Q2MX"]}]),
    )
    found = read_benchmark(str(run))
    assert (found.name, names(found)) == ("other", [("post", "weigh_parcel")])
    assert texts(found, "policies") == [checkouts.POLICY]
    assert found.identifiers == {"W4821390": "task post/0", "K7Q2MX": "task post/0"}


def test_any_json_and_markdown_is_read_for_tools_and_texts(tmp_path: Path) -> None:
    openai = {"type": "function", "function": checkouts.function("weigh", {}, "Weigh it.")}
    record = {
        "tools": [openai],
        "messages": [
            {"role": "system", "content": checkouts.POLICY},
            {"role": "user", "content": checkouts.REQUEST},
            {"role": "assistant", "content": "Certainly."},
        ],
    }
    checkouts.write(tmp_path / "a" / "set.jsonl", checkouts.lines([record]) + "{torn")
    checkouts.write(tmp_path / "a" / "policy.md", checkouts.POLICY)
    checkouts.write(tmp_path / "a" / "picture.png", "no text")
    found = read_benchmark(str(tmp_path / "a"))
    assert (found.name, names(found)) == ("a", [("set.jsonl", "weigh")])
    assert texts(found, "policies") == [checkouts.POLICY, checkouts.POLICY]
    assert texts(found, "intents") == [checkouts.REQUEST]


def test_what_is_nested_without_end_is_listed_and_the_rest_is_read(tmp_path: Path) -> None:
    checkouts.tau2(tmp_path)
    domain = tmp_path / "src" / "tau2" / "domains" / "parcels"
    union = " | ".join(["int"] * 3000)
    (domain / "more.py").write_text(f"@is_tool(A)\ndef odd(a: {union}): ...\n")
    data = tmp_path / "data" / "tau2" / "domains" / "parcels"
    (data / "tasks_deep.json").write_text("[" * 100_000 + "]" * 100_000)
    found = read_benchmark(str(tmp_path))
    assert any(one.startswith("parcels/more.py") for one in found.unread)
    assert any(one.startswith("parcels/tasks_deep.json") for one in found.unread)
    assert texts(found, "intents") == [checkouts.REQUEST]


def test_names_alone_can_be_given_by_benchmark(tmp_path: Path) -> None:
    path = tmp_path / "names.json"
    path.write_text('{"bench": ["b", "a", "b"], "other": []}')
    found = read_benchmark(str(path))
    assert found.names_only
    assert names(found) == [("bench", "a"), ("bench", "b")]


@pytest.mark.parametrize("benchmark", BENCHMARKS)
def test_names_that_the_program_knows_are_sorted_and_of_all_parts(benchmark: str) -> None:
    found = read_benchmark(benchmark)
    assert found.names_only
    assert names(found) == sorted(set(names(found)))
    assert len(found.tools) > 20


def test_known_names_are_those_that_everybody_knows() -> None:
    assert ("retail", "cancel_pending_order") in names(read_benchmark("tau2"))
    assert ("airline", "book_reservation") in names(read_benchmark("tau-bench"))
    assert ("data_agent_multi_step", "turn_on_wifi") in names(read_benchmark("acebench"))
    assert ("gorilla_file_system", "grep") in names(read_benchmark("bfcl"))


@pytest.mark.parametrize(
    ("wanted", "complaint"),
    [
        ("tau3", "There is no benchmark tau3"),
        ("{tmp}/no.json", "There is no benchmark"),
        ("tau2={tmp}/ace", "is not a checkout of tau2"),
        ("{tmp}/empty", "holds no tools, requests or policies"),
        ("{tmp}/tau2", "holds nothing of tau2"),
        ("{tmp}/broken.json", "is not JSON"),
    ],
)
def test_what_cannot_be_compared_with_is_refused(
    tmp_path: Path, wanted: str, complaint: str
) -> None:
    checkouts.acebench(tmp_path / "ace")
    (tmp_path / "empty").mkdir()
    (tmp_path / "tau2" / "data" / "tau2" / "domains").mkdir(parents=True)
    (tmp_path / "broken.json").write_text("[1")
    with pytest.raises(InputError, match=complaint):
        read_benchmark(wanted.format(tmp=tmp_path))
