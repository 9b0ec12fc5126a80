"""The training set as a whole."""

import orjson
import pytest
from pydantic import ValidationError

from agentscaler.dataset import DatasetSettings, build_dataset
from agentscaler.dataset.build import split_of
from agentscaler.domain.domain import Domain
from agentscaler.rollout import RolloutSettings, Trajectory, roll_out
from agentscaler.task.task import Task

Tasks = dict[str, Task]
Work = list[tuple[Domain, list[Task], list[Trajectory]]]


@pytest.fixture(scope="module")
def kept(library: Domain, library_tasks: Tasks) -> list[Trajectory]:
    settings = RolloutSettings(trials=3, mistake_rate=1.0)
    [trajectories] = roll_out([(library, list(library_tasks.values()))], settings)
    return trajectories


def test_every_dialogue_becomes_an_example_with_a_flag_a_message(
    library: Domain, library_tasks: Tasks, kept: list[Trajectory]
) -> None:
    [unit] = build_dataset([(library, list(library_tasks.values()), kept)])
    examples = unit.examples
    assert [example.id for example in examples] == [one.id for one in kept]
    for example in examples:
        assert len(example.loss_mask) == len(example.messages)
        assert example.messages[-1]["role"] == "assistant"
        assert example.loss_mask[-1]
        roles = {
            m["role"]
            for m, learned in zip(example.messages, example.loss_mask, strict=True)
            if learned
        }
        assert roles == {"assistant"}
        assert len(example.tools) == len(library.manifest.tools)
        orjson.dumps(example.model_dump())


def test_masking_mistakes_takes_out_as_many_messages_as_there_were_mistakes(
    library: Domain, library_tasks: Tasks, kept: list[Trajectory]
) -> None:
    work: Work = [(library, list(library_tasks.values()), kept)]
    [masked] = build_dataset(work, DatasetSettings(mask_mistakes=True))
    [learned] = build_dataset(work, DatasetSettings(mask_mistakes=False))
    pairs = zip(masked.examples, learned.examples, strict=True)
    for trajectory, (with_mask, without) in zip(kept, pairs, strict=True):
        assert sum(without.loss_mask) - sum(with_mask.loss_mask) == trajectory.mistakes == 1


def test_a_domain_is_never_in_both_splits(
    library: Domain, library_tasks: Tasks, kept: list[Trajectory]
) -> None:
    work: Work = [(library, list(library_tasks.values()), kept)]
    [unit] = build_dataset(work, DatasetSettings(held_out_share=0.5), seed=3)
    assert {example.split for example in unit.examples} == {unit.domain.split}


def test_an_example_names_what_it_comes_from(
    library: Domain, library_tasks: Tasks, kept: list[Trajectory]
) -> None:
    tasks = list(library_tasks.values())
    [unit] = build_dataset([(library, tasks, kept)], seed=7)
    kinds = {task.id: task.kind for task in tasks}
    for trajectory, example in zip(kept, unit.examples, strict=True):
        assert (example.trajectory, example.task) == (trajectory.id, trajectory.task)
        assert (example.state, example.agent, example.user) == ("main", "expert", "scripted")
        assert (example.seed, example.kind) == (7, kinds[trajectory.task])
        assert example.recovered == (trajectory.tool_errors > 0)
        assert example.fingerprints == [tool.fingerprint for tool in unit.domain.tools]


def test_a_domain_names_the_operation_and_the_licence_behind_each_tool(
    library: Domain, library_tasks: Tasks, kept: list[Trajectory]
) -> None:
    [unit] = build_dataset([(library, list(library_tasks.values()), kept)])
    told = [(tool.name, tool.origin, tool.licence) for tool in unit.domain.tools]
    assert told == [(tool.name, tool.origin, tool.licence) for tool in library.manifest.tools]
    assert unit.domain.examples == len(kept)


def test_the_share_of_held_out_domains_is_about_what_was_asked_for() -> None:
    splits = [split_of(f"domain-{number}", 0, 0.1) for number in range(2000)]
    assert 150 < splits.count("held_out") < 250
    assert {split_of(f"domain-{number}", 0, 0.0) for number in range(50)} == {"train"}
    assert {split_of(f"domain-{number}", 0, 1.0) for number in range(50)} == {"held_out"}


def test_a_split_depends_on_the_seed_and_the_domain_alone() -> None:
    first = [split_of(f"domain-{number}", 0, 0.5) for number in range(64)]
    assert first == [split_of(f"domain-{number}", 0, 0.5) for number in range(64)]
    assert first != [split_of(f"domain-{number}", 1, 0.5) for number in range(64)]


def test_the_limit_counts_examples(
    library: Domain, library_tasks: Tasks, kept: list[Trajectory]
) -> None:
    tasks = list(library_tasks.values())
    work: Work = [(library, tasks, kept[:4]), (library, tasks, kept[4:])]
    units = list(build_dataset(work, DatasetSettings(limit=5)))
    assert [len(one.examples) for one in units] == [4, 1]
    assert [one.domain.examples for one in units] == [4, 1]


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ValidationError):
        DatasetSettings(held_out_share=2)
