"""The dataset card says what the run was, and nothing else."""

from dataclasses import replace
from typing import Any

import pytest
import yaml

from agentscaler.dataset import (
    DatasetDomain,
    DatasetFacts,
    DatasetTool,
    JudgedFacts,
    SplitCounts,
    StageFacts,
    card_for_files,
    count_examples,
    render_card,
)
from agentscaler.dataset.contamination import (
    ComparedBenchmark,
    ContaminationReport,
    Overlap,
    OverlapKind,
)

from .dialogues import PLAIN

DOMAIN = DatasetDomain(
    id="library",
    title="Library",
    provider="city",
    service="city.library",
    engine="rules",
    split="train",
    examples=2,
    tools=(
        DatasetTool(name="get_book", fingerprint="0", origin="city.library.A", licence="MIT"),
        DatasetTool(name="get_member", fingerprint="1", origin="city.library.B", licence="unknown"),
    ),
)


UNCHECKED = ContaminationReport(domains=1, dialogues=2, tools=2, benchmarks=(), overlaps=())


def stage(name: str, taken: int, given: int, **rejected: int) -> StageFacts:
    return StageFacts(
        name=name,
        takes="trajectories",
        gives="kept",
        taken=taken,
        given=given,
        rejected=rejected,
        settings={"strict": "reads"},
        sources={"botocore": "1.2.3"} if name == "pool" else {},
        seed=7,
        fingerprint="ab" * 32,
    )


@pytest.fixture
def facts() -> DatasetFacts:
    counters = count_examples(DOMAIN, [PLAIN, PLAIN])
    return DatasetFacts(
        version="9.8.7",
        splits={
            "train": SplitCounts.read("train", counters),
            "held_out": SplitCounts.read("held_out", counters),
        },
        domains=(DOMAIN,),
        stages=(stage("pool", 9, 9), stage("filter", 4, 3, wrong_state=1)),
        contamination=UNCHECKED,
    )


def card_of(facts: DatasetFacts) -> str:
    return render_card(facts, {"train": "train.jsonl"})


def front_of(card: str) -> dict[str, Any]:
    front: dict[str, Any] = yaml.safe_load(card.split("---\n")[1])
    return front


def test_the_front_matter_says_which_file_is_which_split(facts: DatasetFacts) -> None:
    front = front_of(card_of(facts))
    assert front["configs"] == [
        {"config_name": "default", "data_files": [{"split": "train", "path": "train.jsonl"}]}
    ]
    assert front["size_categories"] == ["n<1K"]
    assert front["language"] == ["en"]


def test_figures_funnel_versions_and_fingerprints_stand_in_it(facts: DatasetFacts) -> None:
    card = card_of(facts)
    for part in (
        "2 dialogues in English",
        "of 1 domain, 1 made from API descriptions by rules",
        "| tool calls | 6 |",
        "| read tasks | 2 (100.0%) |",
        "| calls: 3 | 2 (100.0%) |",
        "| about so many tokens: 0-1,999 | 2 (100.0%) |",
        "By AgentScaler 9.8.7, with the seed 7.",
        "botocore (1.2.3)",
        "| filter | 4 trajectories | 3 kept | 1 wrong_state |",
        "The funnel kept 3 of 4 dialogues (75.0%).",
        "| filter | `abababababababab` |",
        '"strict": "reads"',
        "No domain is held out.",
    ):
        assert part in card, part


def test_a_licence_that_no_source_states_is_said_to_be_unknown(facts: DatasetFacts) -> None:
    card = card_of(facts)
    assert "| MIT | 1 | 1 | 1 | city (1) |" in card
    assert "| unknown | 1 | 1 | 1 | city (1) |" in card
    assert "For 1 tool none is stated: their licence is unknown" in card
    known = replace(facts, domains=(DOMAIN.model_copy(update={"tools": DOMAIN.tools[:1]}),))
    assert "unknown" not in card_of(known)


def test_domains_written_by_hand_are_not_said_to_derive_from_descriptions(
    facts: DatasetFacts,
) -> None:
    derived = "derive from API descriptions"
    assert derived in card_of(facts)
    by_hand = DOMAIN.model_copy(update={"engine": "curated"})
    card = card_of(replace(facts, domains=(by_hand,)))
    assert derived not in card
    assert "Domains written by hand are under the licence of the program." in card
    assert derived in card_of(replace(facts, domains=(by_hand, DOMAIN)))


def test_contamination_is_reported_or_said_not_to_be_checked(facts: DatasetFacts) -> None:
    assert "Not checked: the run was told of no benchmark" in card_of(facts)
    bench = ComparedBenchmark(
        **{"name": "bench", "names_only": True, "files": 0, "tools": 16},
        **{"passages": {}, "short": 0, "identifiers": 0},
    )
    whole = bench.model_copy(update={"name": "whole", "names_only": False})
    overlaps = [
        Overlap(kind=kind, benchmark=name, theirs="tool x of y", ours="here", common="get_book")
        for kind, name in ((OverlapKind.NAMES, "bench"), (OverlapKind.POLICIES, "whole"))
    ]
    source = overlaps[0].model_copy(
        update={"kind": OverlapKind.SOURCES, "ours": "source x.json", "common": "2 files"}
    )
    report = UNCHECKED.model_copy(
        update={"benchmarks": (bench, whole), "overlaps": (*overlaps, source)}
    )
    card = card_of(replace(facts, contamination=report))
    assert "Not checked" not in card
    assert "| bench | 16 | 1 | - | - | - | - | - |" in card
    assert "| whole | 16 | 0 | 0 | 0 | 1 | 0 | 0 |" in card
    assert "Names in common, in any case and order of words: `get_book`." in card
    assert "The pool was read from source x.json: 2 files, in the form of bench." in card


def test_limits_follow_from_the_run(facts: DatasetFacts) -> None:
    assert "All users speak from phrases" in card_of(facts)
    assert "turned none of" not in card_of(facts)
    idle = replace(facts, stages=(stage("filter", 4, 4),))
    assert "The funnel turned none of 4 dialogues away" in card_of(idle)
    assert "No API descriptions were read" in card_of(idle)
    train = replace(facts.splits["train"], users={"llm": 2}, agents={"llm": 2})
    other = replace(facts, splits={**facts.splits, "train": train})
    assert "All users speak" not in card_of(other)
    assert "All replies are those of a program" not in card_of(other)
    assert "(the policy llm)" in card_of(other)


def test_a_set_without_examples_has_a_card_too(facts: DatasetFacts) -> None:
    none = SplitCounts.read("train", {})
    empty = replace(facts, splits={"train": none, "held_out": none}, domains=())
    card = render_card(empty, {})
    assert "No dialogue was kept" in card
    assert front_of(card)["size_categories"] == ["n<1K"]


def test_a_card_for_other_files_keeps_its_text_and_says_what_they_are(facts: DatasetFacts) -> None:
    card = card_of(facts)
    files: dict[Any, tuple[str, ...]] = {"train": ("a.jsonl", "b.jsonl")}
    other = card_for_files(card, files, [{"name": "tools", "list": "json"}], "How to load it.")
    assert front_of(other)["configs"][0]["data_files"] == [
        {"split": "train", "path": ["a.jsonl", "b.jsonl"]}
    ]
    assert front_of(other)["dataset_info"]["features"] == [{"name": "tools", "list": "json"}]
    body = card.split("---\n", 2)[2]
    assert other.endswith(f"How to load it.\n{body}")


def test_marks_of_a_model_are_told_as_one_models_opinion(facts: DatasetFacts) -> None:
    assert "## How it reads" not in card_of(facts)
    judged = JudgedFacts(
        model="reader-70b",
        prompt="judgement.md 1",
        dialogues=2,
        by_criterion={"user_speech": (2.5, 0.5), "honesty": (5.0, 0.0)},
    )
    card = card_of(replace(facts, judged=judged))
    assert (
        "The model reader-70b gave marks from 1 to 5 to 2 dialogues (prompt judgement.md 1)" in card
    )
    assert "| user speech | 2.50 | 50.0% |" in card
    assert "no dialogue was taken or left by them" in card.replace("\n", " ")
