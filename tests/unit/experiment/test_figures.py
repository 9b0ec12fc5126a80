"""Figures, page and plot of an experiment whose outcomes are written by hand."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from agentscaler.evaluation.statistics import wilson
from agentscaler.experiment.dialogue import Dialogue
from agentscaler.experiment.figures import figures_of
from agentscaler.experiment.folder import ExperimentFolder, ExperimentRecord, write_lines
from agentscaler.experiment.plot import success_plot
from agentscaler.experiment.point import PhasePlan, Point, SharePlan
from agentscaler.experiment.report import write_report
from agentscaler.experiment.running import PhaseResult, PointResult
from agentscaler.experiment.settings import ExperimentSettings
from agentscaler.experiment.trying import Outcome
from agentscaler.runfolder import write_atomically

DOMAINS = [f"d{n}" for n in range(6)]
FAMILY = {name: f"family-{n // 2}" for n, name in enumerate(DOMAINS)}


def outcome(trial: str, domain: str, number: int, *, success: bool) -> Outcome:
    return Outcome(
        trial=trial,
        task=f"{domain}/{number:03}",
        domain=domain,
        kind="write" if number % 2 else "read",
        success=success,
        state_right=success,
        exact_calls=success,
        stop="satisfied",
        owner="",
        stage="passed" if success else "alignment",
        reason="passed" if success else "wrong_state",
        turns=2,
        calls=1,
        gold_calls=1,
        refused=0,
        malformed=0,
        unknown_tools=0,
    )


def held_out(domain: str) -> Dialogue:
    return Dialogue(
        id=f"{domain}/000/0",
        task=f"{domain}/000",
        domain=domain,
        service=domain,
        family=FAMILY[domain],
        kind="read",
        role="held_out",
        calls=1,
        tokens=10,
        learned=2,
    )


RECORD = ExperimentRecord(
    arm="scaling",
    settings=ExperimentSettings(sizes=(16, 64)),
    runs={"general": "runs/short"},
    domains={},
    fingerprint="",
    facts={
        "dialogues": {"general train": 8},
        "domains": {},
        "left_out": {},
        "held_out_families": 3,
        "held_out_tools_in_training": 0.1,
        "faults": {},
        "kept_by": {},
        "mean_tokens": 10,
    },
    code="0",
)


def experiment(path: Path, right: dict[tuple[int, int], int]) -> ExperimentFolder:
    """One with sizes 16 and 64; `right` is, by size and seed, how many of 4 tasks a domain."""
    folder = ExperimentFolder(path)
    folder.data.mkdir(parents=True)
    write_lines(folder.data / "dialogues.jsonl", [held_out(name) for name in DOMAINS])
    points = [
        Point(
            id=f"{size:04}-s{seed}",
            label=str(size),
            size=size,
            seed=seed,
            phases=(PhasePlan(name="general", shares=(SharePlan(domains=("x",), tokens=100),)),),
            trials=("held out", f"unseen, seed {seed}"),
        )
        for seed in (0, 1, 2)
        for size in (16, 64)
    ]
    folder.write(RECORD, points, [])
    for point in points:
        if (point.size, point.seed) not in right:
            continue
        many = right[point.size, point.seed]
        held = [
            outcome("held out", name, n, success=n < many) for name in DOMAINS for n in range(4)
        ]
        unseen = [
            outcome(point.trials[1], name, n, success=True)
            for name in DOMAINS[point.seed : point.seed + 2]
            for n in range(4)
        ]
        place = folder.of_point(point)
        write_lines(place / "outcomes.jsonl", [*held, *unseen])
        phase = PhaseResult(
            name="general",
            tokens=100,
            learned=20,
            dialogues=10,
            distinct=5,
            domains=point.size,
            seconds=1,
        )
        result = PointResult(
            id=point.id,
            label=point.label,
            size=point.size,
            seed=point.seed,
            learner="rehearsal",
            phases=(phase,),
            episodes={},
            success={point.trials[0]: many / 4, point.trials[1]: 1.0},
            seconds=2,
        )
        write_atomically(place / "result.json", result.model_dump(mode="json"))
    return folder


WHOLE = {(16, 0): 0, (16, 1): 0, (16, 2): 0, (64, 0): 3, (64, 1): 4, (64, 2): 3}


def test_rates_are_over_all_seeds_and_tasks(tmp_path: Path) -> None:
    small, large = figures_of(experiment(tmp_path, WHOLE)).agents
    assert (small.label, large.label) == ("16", "64")
    assert small.success["held out"].mean == 0
    assert small.success["held out"].high == pytest.approx(wilson(0, 24)[1])
    assert large.success["held out"].mean == pytest.approx(10 / 12)
    assert large.by_seed["held out"] == {0: 0.75, 1: 1.0, 2: 0.75}
    assert large.kinds == {"read": (1.0, 12), "write": (pytest.approx(2 / 3), 12)}
    assert small.reasons == {"wrong_state": 72}


def test_clusters_are_families_not_domains(tmp_path: Path) -> None:
    large = figures_of(experiment(tmp_path, WHOLE)).agents[1]
    assert large.success["held out"].clusters == 3
    assert large.success["held out"].tasks == 24


def test_a_trial_in_other_domains_each_seed_counts_its_own_tasks(tmp_path: Path) -> None:
    unseen = figures_of(experiment(tmp_path, WHOLE)).agents[0].success["unseen"]
    assert (unseen.mean, unseen.tasks) == (1.0, 8)
    assert unseen.low <= wilson(8, 8)[0]


def test_the_largest_is_held_against_the_smallest(tmp_path: Path) -> None:
    test = figures_of(experiment(tmp_path, WHOLE)).tests["held out"]["64 - 16"]
    assert test.difference.mean == pytest.approx(10 / 12)
    assert test.difference.low > 0.4
    assert test.p_t < 0.01


def test_only_seeds_that_all_sizes_have_count(tmp_path: Path) -> None:
    figures = figures_of(experiment(tmp_path, {(16, 0): 1, (64, 0): 2, (16, 1): 4}))
    assert figures.seeds == (0,)
    assert figures.missing == 3
    assert [one.success["held out"].mean for one in figures.agents] == [0.25, 0.5]


def test_without_a_result_there_is_nothing_to_show(tmp_path: Path) -> None:
    folder = experiment(tmp_path, {})
    figures, files = write_report(folder)
    assert figures.agents == []
    assert "6 points are not done yet" in files[0].read_text()


def test_the_plot_is_sound_svg_with_higher_success_higher_up(tmp_path: Path) -> None:
    figures = figures_of(experiment(tmp_path, WHOLE))
    root = ET.fromstring(success_plot(figures))
    line = root.find("{http://www.w3.org/2000/svg}polyline")
    assert line is not None
    (x1, y1), (x2, y2) = (map(float, pair.split(",")) for pair in line.attrib["points"].split())
    assert x1 < x2
    assert y1 > y2


def test_the_page_tells_rates_with_intervals_and_the_command(tmp_path: Path) -> None:
    _, files = write_report(experiment(tmp_path, WHOLE))
    page = files[0].read_text()
    assert re.search(r"^\| 64 \| 83\.3% \(\d+\.\d% to \d+\.\d%\) \|", page, re.MULTILINE)
    assert "agentscaler experiment scaling --run runs/short" in page
    assert "sizes: [16, 64]" in page
