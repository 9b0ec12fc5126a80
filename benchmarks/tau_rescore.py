"""Scoring saved simulations again: ours beside the official evaluator, on the same simulations.

    python benchmarks/tau_rescore.py FILE... --home DIR --python PYTHON [--limit N]

Both sides run in the interpreter of the package, one after the other, each in a process of its own
that has imported the package already; the official side calls its evaluator once a simulation, in
sequence.  A simulation is scored with the task that it was scored with (ids may be permuted), by
both.  What is printed: rewards that agree, processor time and wall time a simulation, their ratio;
then the wall time of the whole command, processes and all.
"""

import argparse
import importlib
import importlib.util
import inspect
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

_BRIDGE = Path(__file__).parents[1] / "src/agentscaler/evaluation/tau/bridge"
_SOURCES = {"tau2": "src", "tau-bench": "."}
_BATCH = 16


def main() -> None:
    """Prints the tables, or is one of the sides."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--python", required=True)
    parser.add_argument("--limit", type=int, default=None, help="simulations a file")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--whole", action="store_true", help="also time the whole command")
    parser.add_argument("--side", choices=("official", "ours"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side:
        _side(given.side, json.loads(given.files[0].read_text()), given.home)
        return
    for file in given.files:
        _compare(file, given)


def _compare(file: Path, given: argparse.Namespace) -> None:
    from agentscaler.evaluation.tau.results import ResultsFile, SavedSimulation
    from agentscaler.evaluation.tau.task_matching import match_tasks
    from agentscaler.evaluation.tau.tau_bench_episodes import actions_of, was_stopped

    results = ResultsFile.open(file)
    saved = [one for one in results.simulations() if isinstance(one, SavedSimulation)]
    items: list[dict[str, Any]] = []
    if results.package == "tau2":
        matches = match_tasks(results.tasks, saved)
        saved = [one for one in saved if matches[one.number].task and not one.infrastructure]
        for one in saved:
            task = results.task_spans[str(matches[one.number].task)]
            items.append({"simulation": one.span.place, "task": task.place})
    else:
        for one in saved:
            raw = results.read(one.span)
            items.append(
                {
                    "actions": actions_of(raw["traj"]),
                    "stopped": was_stopped(raw["traj"]),
                    "task": results.tasks[one.task],
                }
            )
    saved, items = saved[: given.limit], items[: given.limit]
    job = {
        "package": results.package,
        "domain": results.domain,
        "info": results.info,
        "items": items,
    }
    found = {side: _run(side, job, given) for side in ("official", "ours")}
    _print(file, [one.reward for one in saved], found)
    if given.whole:
        _whole(file, given)


def _run(side: str, job: dict[str, Any], given: argparse.Namespace) -> dict[str, Any]:
    place = Path(os.environ.get("TMPDIR", "/tmp")) / f"tau-rescore-{os.getpid()}.json"
    place.write_text(json.dumps(job))
    environment = os.environ | {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    environment.pop("PYTHONPATH", None)
    command = [given.python, __file__, str(place), "--home", str(given.home), "--python", "-"]
    try:
        done = subprocess.run(
            [*command, "--side", side],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        place.unlink()
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _print(file: Path, stored: list[float | None], found: dict[str, Any]) -> None:
    official, ours = found["official"], found["ours"]
    number = len(stored)
    given = [one for one in official["rewards"] if one is not None]
    pairs = list(zip(stored, official["rewards"], ours["rewards"], strict=True))
    print(f"\n{file.name}: {number} simulations")
    print(f"  official gives a reward       {len(given)}")
    print(f"  official = stored             {sum(a == b for a, b, _ in pairs)}")
    print(f"  ours = stored                 {sum(a == c for a, _, c in pairs)}")
    print(f"  ours = official, where given  {sum(b == c for _, b, c in pairs if b is not None)}")
    for one in pairs:
        if one[1] != one[2]:
            print(f"    stored, official, ours: {one}")
    print("  a simulation        processor ms    wall ms")
    for name, side in found.items():
        cpu, wall = (1000 * side[key] / number for key in ("processor", "wall"))
        print(f"  {name:<18} {cpu:>13.2f} {wall:>10.2f}")
    for key in ("processor", "wall"):
        print(f"  ratio of {key:<10} {official[key] / ours[key]:>8.1f}x, in one process")


def _whole(file: Path, given: argparse.Namespace) -> None:
    began = time.perf_counter()
    before = os.times()
    subprocess.run(
        [sys.executable, "-m", "agentscaler", "rescore", str(file), "--home", str(given.home),
         "--python", given.python, "--workers", str(given.processes)],
        capture_output=True, check=False,
    )  # fmt: skip
    after = os.times()
    cpu = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    wall = time.perf_counter() - began
    print(f"  the whole command: {cpu:.1f} s of processor time, {wall:.1f} s by the clock")


def _side(side: str, job: dict[str, Any], home: Path) -> None:
    """Runs in the package's interpreter."""
    os.environ.setdefault("TAU2_DATA_DIR", str(home / "data"))
    sys.path[0] = str((home / _SOURCES[job["package"]]).resolve())
    official = {"tau2": _official_tau2, "tau-bench": _official_tau_bench}[job["package"]]
    score = _ours(job) if side == "ours" else official(job)
    began, busy = time.perf_counter(), time.process_time()
    rewards = score(job["items"])
    told = {
        "processor": time.process_time() - busy,
        "wall": time.perf_counter() - began,
        "rewards": rewards,
    }
    print(json.dumps(told))


def _quiet() -> None:
    try:
        importlib.import_module("loguru").logger.remove()
    except ImportError:
        return


def _ours(job: dict[str, Any]) -> Any:
    spec = importlib.util.spec_from_file_location(
        "agentscaler_bridge", _BRIDGE / "__init__.py", submodule_search_locations=[str(_BRIDGE)]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = package
    spec.loader.exec_module(package)
    name, kind = {
        "tau2": ("tau2_scoring", "Tau2Scorer"),
        "tau-bench": ("tau_bench_scoring", "TauBenchScorer"),
    }[job["package"]]
    scorer = getattr(importlib.import_module(f"agentscaler_bridge.{name}"), kind)()
    _quiet()

    def score(items: list[dict[str, Any]]) -> list[float | None]:
        found: list[float | None] = []
        for start in range(0, len(items), _BATCH):
            part = items[start : start + _BATCH]
            given = {"domain": job["domain"], "info": job["info"], "items": part}
            found += [one.get("reward") for one in scorer.score(given)]
        return found

    return score


def _official_tau2(job: dict[str, Any]) -> Any:
    evaluator = importlib.import_module("tau2.evaluator.evaluator")
    simulation_kind = importlib.import_module("tau2.data_model.simulation").SimulationRun
    task_kind = importlib.import_module("tau2.data_model.tasks").Task
    _quiet()
    takes = inspect.signature(evaluator.evaluate_simulation).parameters
    lenient = {"strict_replay": False} if "strict_replay" in takes else {}

    def one(item: dict[str, Any]) -> float | None:
        simulation = simulation_kind.model_validate(_read(item["simulation"]))
        task = task_kind.model_validate(_read(item["task"]))
        basis = {part.value for part in task.evaluation_criteria.reward_basis}
        kinds = evaluator.EvaluationType
        kind = kinds.ALL_WITH_NL_ASSERTIONS if "NL_ASSERTION" in basis else kinds.ALL
        try:
            return evaluator.evaluate_simulation(
                simulation=simulation,
                task=task,
                evaluation_type=kind,
                solo_mode=False,
                domain=job["domain"],
                **lenient,
            ).reward
        except ValueError as error:
            print("official:", str(error)[:300], file=sys.stderr)
            return None

    return lambda items: [one(item) for item in items]


def _official_tau_bench(job: dict[str, Any]) -> Any:
    base = importlib.import_module("tau_bench.envs.base")
    types = importlib.import_module("tau_bench.types")
    environments = importlib.import_module("tau_bench.envs")

    class Silent:
        def reset(self, instruction: Any = None) -> str:
            return ""

        def get_total_cost(self) -> float:
            return 0.0

    base.load_user = lambda *given, **named: Silent()

    def one(item: dict[str, Any]) -> float:
        env = environments.get_env(
            job["domain"], user_strategy="llm", user_model="-", task_split="test",
            user_provider="openai", task_index=0,
        )  # fmt: skip
        env.task = types.Task.model_validate(item["task"])
        for raw in item["actions"]:
            action = types.Action.model_validate(raw)
            if action.name == "respond":
                env.actions.append(action)
                continue
            step = env.step(action)
            if step.done:
                return float(step.reward)
        return float(env.calculate_reward().reward) if item["stopped"] else 0.0

    return lambda items: [one(item) for item in items]


def _read(place: list[Any]) -> dict[str, Any]:
    path, start, end = place
    with Path(path).open("rb") as file:
        file.seek(start)
        found: dict[str, Any] = json.loads(file.read(end - start))
    return found


if __name__ == "__main__":
    main()
