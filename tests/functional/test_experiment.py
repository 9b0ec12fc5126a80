"""`agentscaler experiment` on the run of a small real pool, with the rehearsal as the learner."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Program = Callable[..., "subprocess.CompletedProcess[str]"]

# The rehearsal's tokens are bytes.
LOOSE = (
    *("--set", "learner=rehearsal", "--seeds", "0,1", "--tokens", "20000"),
    *("--set", "rules.max_tokens=1000000", "--set", "rules.max_calls=6"),
    *("--set", "trial.held_out=2", "--set", "trial.tasks=3", "--set", "trial.unseen=1"),
)
SIZES = ("--sizes", "1,4")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory, finished: Path, program: Program) -> Path:
    """A whole experiment, in one process."""
    out = tmp_path_factory.mktemp("experiment") / "out"
    program("experiment", "scaling", "--run", finished, "--out", out, *SIZES, *LOOSE)
    return out


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def results_of(out: Path) -> list[dict[str, Any]]:
    """Results without what a clock says."""
    results = lines_of(out / "results.jsonl")
    for one in results:
        one.pop("seconds")
        for phase in one["phases"]:
            phase.pop("seconds")
    return results


def test_every_size_and_seed_is_a_point_of_equal_tokens(done: Path) -> None:
    results = results_of(done)
    assert [(one["size"], one["seed"]) for one in results] == [(1, 0), (4, 0), (1, 1), (4, 1)]
    longest = max(one["tokens"] for one in lines_of(done / "data" / "dialogues.jsonl"))
    for one in results:
        (phase,) = one["phases"]
        assert 20_000 <= phase["tokens"] < 20_000 + longest
        assert phase["domains"] == one["size"]


def test_sets_are_nested_and_nothing_held_out_is_learned_from(done: Path) -> None:
    by_id = {one["id"]: one for one in lines_of(done / "plan.jsonl")}
    domains = {name: set(one["phases"][0]["shares"][0]["domains"]) for name, one in by_id.items()}
    dialogues = lines_of(done / "data" / "dialogues.jsonl")
    held_out = {one["domain"] for one in dialogues if one["role"] == "held_out"}
    assert len(held_out) == 2
    small, large = sorted(name for name in domains if name.endswith("s0"))
    assert domains[small] < domains[large]
    assert not held_out & set.union(*domains.values())


def test_a_task_is_played_or_learned_from_and_never_both(done: Path) -> None:
    roles: dict[str, set[str]] = {}
    for one in lines_of(done / "data" / "dialogues.jsonl"):
        roles.setdefault(one["task"], set()).add(one["role"])
    assert all(len(of) == 1 for of in roles.values())
    played = {task for one in lines_of(done / "trials.jsonl") for task in one["tasks"]}
    assert played
    assert all(roles[task] != {"train"} for task in played)


def test_all_agents_of_a_seed_play_the_same_tasks(done: Path) -> None:
    played = [
        [(one["trial"], one["task"]) for one in lines_of(done / "points" / name / "outcomes.jsonl")]
        for name in sorted(one["id"] for one in results_of(done) if one["seed"] == 0)
    ]
    assert len(played) == 2
    assert played[0] == played[1]


def test_the_report_holds_table_plot_and_figures(done: Path) -> None:
    page = (done / "report" / "table.md").read_text()
    assert re.search(r"^\| 4 \| [\d.]+% \([\d.]+% to [\d.]+%\)", page, re.MULTILINE)
    assert "agentscaler experiment scaling --run" in page
    assert (done / "report" / "plot.svg").read_text().startswith("<svg ")


def test_the_report_s_settings_remake_the_experiment(
    done: Path, finished: Path, tmp_path: Path, program: Program
) -> None:
    settings = done / "report" / "settings.yaml"
    out = tmp_path / "again"
    program(
        *("experiment", "scaling", "--run", finished, "--out", out, "--config", settings),
    )
    assert results_of(out) == results_of(done)


def test_two_processes_find_the_same(
    done: Path, finished: Path, tmp_path: Path, program: Program
) -> None:
    out = tmp_path / "two"
    program(
        *("experiment", "scaling", "--run", finished, "--out", out, *SIZES, *LOOSE),
        *("--workers", "2"),
    )
    assert results_of(out) == results_of(done)


def test_a_point_that_is_done_is_not_done_again(
    done: Path, finished: Path, tmp_path: Path, program: Program
) -> None:
    out = shutil.copytree(done, tmp_path / "out")
    kept, gone = (out / "points" / name for name in sorted(o["id"] for o in results_of(out))[:2])
    (gone / "result.json").unlink()
    before = (kept / "result.json").stat().st_mtime_ns
    program("experiment", "scaling", "--run", finished, "--out", out, *SIZES, *LOOSE)
    assert (kept / "result.json").stat().st_mtime_ns == before
    assert results_of(out) == results_of(done)


def test_episodes_of_a_domain_that_was_cut_short_are_played_again(
    done: Path, finished: Path, tmp_path: Path, program: Program
) -> None:
    out = shutil.copytree(done, tmp_path / "out")
    point = out / "points" / results_of(out)[0]["id"]
    whole = (point / "outcomes.jsonl").read_bytes()
    lines = whole.splitlines(keepends=True)
    (point / "outcomes.jsonl").write_bytes(b"".join(lines[:1]) + lines[1][:20])
    (point / "result.json").unlink()
    program("experiment", "scaling", "--run", finished, "--out", out, *SIZES, *LOOSE)
    assert (point / "outcomes.jsonl").read_bytes() == whole
    assert results_of(out) == results_of(done)


def test_a_killed_experiment_goes_on(
    done: Path,
    finished: Path,
    tmp_path: Path,
    program: Program,
    started: Callable[..., "subprocess.Popen[str]"],
) -> None:
    out = tmp_path / "killed"
    words = ("experiment", "scaling", "--run", finished, "--out", out, *SIZES, *LOOSE)
    process = started(*words)
    deadline = time.monotonic() + 60
    while not list(out.glob("points/*/outcomes.jsonl")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.communicate()
    program(*words)
    assert results_of(out) == results_of(done)


def test_sizes_and_seeds_may_be_added(
    done: Path, finished: Path, tmp_path: Path, program: Program
) -> None:
    out = tmp_path / "grown"
    command = ("experiment", "scaling", "--run", finished, "--out", out)
    program(*command, *SIZES, *LOOSE, *("--sizes", "1", "--seeds", "0"))
    before = {path: path.stat().st_mtime_ns for path in out.glob("points/*/result.json")}
    program(*command, *SIZES, *LOOSE)
    assert results_of(out) == results_of(done)
    assert len(before) == 1
    assert (
        before.items()
        <= {path: path.stat().st_mtime_ns for path in out.glob("points/*/result.json")}.items()
    )


@pytest.mark.parametrize("fewer", [("--seeds", "1"), ("--sizes", "1")])
def test_what_an_experiment_has_done_is_not_taken_away(
    fewer: tuple[str, str], done: Path, finished: Path, program: Program
) -> None:
    refused = program(
        *("experiment", "scaling", "--run", finished, "--out", done, *SIZES, *LOOSE),
        *fewer,
        check=False,
    )
    assert refused.returncode == 2
    assert "holds another experiment" in refused.stderr


def test_other_settings_in_the_same_folder_are_refused(
    done: Path, finished: Path, program: Program
) -> None:
    refused = program(
        *("experiment", "scaling", "--run", finished, "--out", done, *SIZES, *LOOSE),
        *("--tokens", "30000"),
        check=False,
    )
    assert refused.returncode == 2
    assert "holds another experiment" in refused.stderr


def test_the_largest_size_is_all_domains_that_there_are(
    finished: Path, tmp_path: Path, program: Program
) -> None:
    out = tmp_path / "out"
    program("experiment", "scaling", "--run", finished, "--out", out, *LOOSE, "--sizes", "1,50")
    sizes = [one["size"] for one in results_of(out)]
    assert sizes[0] == 1
    assert 1 < sizes[1] < 50


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--sizes", "many"), "--sizes many is no list of whole numbers"),
        (("--sizes", "4,1"), "each larger than the one before"),
        (("--seeds", "0,0"), "each of them once"),
        (("--set", "trial.held_out=500"), "can be held out"),
        (("--set", "rules.max_calls=0", "--set", 'rules.kinds=["write"]'), "rules"),
        (("--set", "nonsense=1"), "nonsense"),
    ],
)
def test_what_cannot_be_done_is_told(
    words: tuple[str, ...], told: str, finished: Path, tmp_path: Path, program: Program
) -> None:
    refused = program(
        *("experiment", "scaling", "--run", finished, "--out", tmp_path / "out", *LOOSE, *words),
        check=False,
    )
    assert refused.returncode == 2
    assert told in " ".join(refused.stderr.split())


def test_a_run_that_is_not_finished_is_refused(
    finished: Path, tmp_path: Path, program: Program
) -> None:
    run = shutil.copytree(finished, tmp_path / "run")
    manifest = json.loads((run / "manifest.json").read_text())
    del manifest["stages"]["filter"]
    (run / "manifest.json").write_text(json.dumps(manifest))
    refused = program(
        *("experiment", "scaling", "--run", run, "--out", tmp_path / "out", *SIZES, *LOOSE),
        check=False,
    )
    assert refused.returncode == 2
    assert "agentscaler run --run" in refused.stderr


def test_a_dry_run_says_what_there_is_to_do_and_does_none_of_it(
    finished: Path, tmp_path: Path, program: Program
) -> None:
    out = tmp_path / "out"
    told = program(
        *("experiment", "scaling", "--run", finished, "--out", out, *SIZES, *LOOSE, "--dry-run")
    )
    assert "4 points of 20,000 tokens each, 4 to do" in told.stdout
    assert not (out / "points").exists()


def test_phases_compare_five_agents_on_the_vertical(
    finished: Path, tmp_path: Path, program: Program
) -> None:
    out = tmp_path / "out"
    names = [path.name for path in sorted((finished / "domains").iterdir())]
    program(
        *("experiment", "phases", "--run", finished, "--out", out, "--vertical", names[0]),
        *(*LOOSE, "--set", "phases.domains=2"),
    )
    results = {one["id"]: one for one in results_of(out)}
    agents = (
        *("two-phases", "two-phases-replay", "one-mixed-phase"),
        *("vertical-only", "general-only"),
    )
    assert list(results) == [f"{agent}-s{seed}" for seed in (0, 1) for agent in agents]
    plan = {one["id"]: one for one in lines_of(out / "plan.jsonl")}
    assert [phase["name"] for phase in plan["two-phases-s0"]["phases"]] == ["general", "vertical"]
    tokens = [sum(p["tokens"] for p in one["phases"]) for one in results.values()]
    longest = max(one["tokens"] for one in lines_of(out / "data" / "dialogues.jsonl"))
    assert max(tokens) - min(tokens) < 2 * longest
    learned = {
        name: [
            domain
            for phase in one["phases"]
            for share in phase["shares"]
            for domain in share["domains"]
        ]
        for name, one in plan.items()
    }
    assert names[0] not in learned["general-only-s0"]
    assert names[0] in learned["two-phases-s0"]
    assert learned["vertical-only-s0"] == [names[0]]
    assert all(one["episodes"]["vertical"] > 0 for one in results.values())


def test_the_funnel_arm_has_something_for_each_stage_to_reject(
    finished: Path, tmp_path: Path, program: Program
) -> None:
    out = tmp_path / "out"
    program(
        *("experiment", "funnel", "--run", finished, "--out", out, *LOOSE),
        *("--set", "funnel.domains=3", "--set", "funnel.fault_rate=0.8"),
    )
    dialogues = [
        one for one in lines_of(out / "data" / "dialogues.jsonl") if one["role"] == "train"
    ]
    sound = [one for one in dialogues if not one["fault"]]
    faulty = [one for one in dialogues if one["fault"]]
    assert len(faulty) > len(dialogues) / 3
    assert all("whole" in one["kept_by"] for one in sound)
    assert not any("whole" in one["kept_by"] for one in faulty)
    for funnel in ("without validity", "without state alignment", "without call match", "none"):
        assert any(funnel in one["kept_by"] for one in faulty), funnel
    assert all("none" in one["kept_by"] for one in dialogues)
    assert len(results_of(out)) == 10  # five funnels, two seeds
