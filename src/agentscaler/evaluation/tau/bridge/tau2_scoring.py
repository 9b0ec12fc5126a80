"""Rewards of saved tau2 simulations, as the package's own evaluator gives them, only sooner.

The package plays the tool calls again and judges; what is replaced is how it loads, copies and
hashes databases (`tracked_databases`), and the judge model, in whose place stored verdicts speak.
"""

import importlib
import inspect
import json
import threading
from typing import Any

from .replays import Replays
from .tau2_records import rules_of, simulation_of, task_of, told_of
from .tracked_databases import Tracking

__all__ = ["Tau2Scorer"]

_ASSERTIONS = "NL_ASSERTION"
_SOLO_AGENT, _NO_USER = "llm_agent_solo", "dummy_user"
_VOICE_USER = "voice_streaming_user_simulator"
_FULL_DUPLEX = "full_duplex"


class _JudgeNeededError(Exception):
    """Assertions need a judge model, and no verdicts are stored."""


class Tau2Scorer:
    """Scores simulations, one at a time."""

    def __init__(self) -> None:
        environment = importlib.import_module("tau2.environment.environment")
        toolkit = importlib.import_module("tau2.environment.toolkit")
        database = importlib.import_module("tau2.environment.db")
        self._evaluator: Any = importlib.import_module("tau2.evaluator.evaluator")
        self._judges = importlib.import_module("tau2.evaluator.evaluator_nl_assertions")
        self._simulations = importlib.import_module("tau2.data_model.simulation")
        self._tasks = importlib.import_module("tau2.data_model.tasks")
        self._registry = importlib.import_module("tau2.registry").registry
        self._accepts = set(inspect.signature(self._evaluator.evaluate_simulation).parameters)
        self._scoring = threading.Lock()
        self._verdicts: list[dict[str, Any]] | None = None
        self._names_assertions = False
        self._tracking = Tracking(database.DB, toolkit.ToolKitBase)
        self._replays = Replays(environment)
        self._put_verdicts_in_place_of_judges()
        self._look_up_tool_types_once(toolkit)

    def score(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        """Rewards of simulations of one results file.

        Args:
            given: `domain`, `info` of the file, and `items`: each with the places in files of
                `simulation` and `task` as [path, start, end].

        Returns:
            for each item what `_outcome` says, or {"error": {"type", "text"}}.
        """
        with self._scoring:
            items = [(_read(one["simulation"]), _read(one["task"])) for one in given["items"]]
            outcomes = [self._outcome(given, *item) for item in items]
            if not self._tracking.unchanged():
                with self._tracking.off():
                    outcomes = [self._outcome(given, *item) for item in items]
        return outcomes

    def compare_tasks(self, given: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """How tasks of a results file differ from those that the package has now.

        Args:
            given: `domain`, and `tasks`: id to place in a file.

        Returns:
            for each id `found`, the id that such a task has now ("" for none), and `fields`, the
            names of what differs in a way that may change a score.
        """
        present = {task.id: rules_of(task) for task in self._present_tasks(given["domain"])}
        by_rules: dict[str, list[str]] = {}
        for identifier, rules in present.items():
            by_rules.setdefault(json.dumps(rules, sort_keys=True), []).append(identifier)
        compared: dict[str, dict[str, Any]] = {}
        for identifier, place in given["tasks"].items():
            rules = rules_of(task_of(self._tasks.Task, _read(place)))
            same = by_rules.get(json.dumps(rules, sort_keys=True), [])
            if identifier in same or (identifier not in present and not same):
                found = identifier if same else ""
                compared[identifier] = {"found": found, "fields": []}
            elif identifier not in present:
                compared[identifier] = {"found": same[0], "fields": []}
            else:
                now = present[identifier]
                fields = sorted(name for name in now if now[name] != rules[name])
                compared[identifier] = {"found": identifier, "fields": fields}
        return compared

    def _present_tasks(self, domain: str) -> list[Any]:
        loader = self._registry.get_tasks_loader(domain)
        takes_split = bool(inspect.signature(loader).parameters)
        tasks: list[Any] = loader(None) if takes_split else loader()
        return tasks

    def _outcome(
        self, given: dict[str, Any], raw: dict[str, Any], raw_task: dict[str, Any]
    ) -> dict[str, Any]:
        """What comes of one simulation.

        Returns:
            `reward`; `parts`, the reward of each part of the basis; `basis`; `checks`, what each
            check found; `replay`, how replayed tool results differ from recorded ones; `judge`:
            "" (none needed), "stored" (verdicts were), "needed", or "idle" (it could change
            nothing, the rest is 0 already).
        """
        try:
            task = task_of(self._tasks.Task, raw_task)
            simulation = simulation_of(self._simulations.SimulationRun, raw)
            return self._scored(given, raw, simulation, task)
        except Exception as error:  # whatever the package raises is an outcome
            return {"error": {"type": type(error).__name__, "text": str(error)[:2000]}}

    def _scored(
        self, given: dict[str, Any], raw: dict[str, Any], simulation: Any, task: Any
    ) -> dict[str, Any]:
        criteria = task.evaluation_criteria
        basis = [one.value for one in criteria.reward_basis] if criteria is not None else []
        asserted = bool(criteria is not None and criteria.nl_assertions)
        self._names_assertions = _ASSERTIONS in basis
        stored = (raw.get("reward_info") or {}).get("nl_assertions")
        self._verdicts = stored if isinstance(stored, list) else None
        judge = "stored" if self._names_assertions and asserted else ""
        with self._replays.watched() as replay:
            try:
                reward = self._evaluate(given, simulation, task)
            except _JudgeNeededError:
                reward = self._evaluate(given, simulation, _without_assertions(task))
                judge = "needed" if reward.reward > 0 else "idle"
        unique = {json.dumps(one, sort_keys=True): one for one in replay.differences}
        return told_of(reward) | {"judge": judge, "replay": list(unique.values())}

    def _evaluate(self, given: dict[str, Any], simulation: Any, task: Any) -> Any:
        kinds = self._evaluator.EvaluationType
        basis = {one.value for one in getattr(task.evaluation_criteria, "reward_basis", None) or []}
        kind = kinds.ALL
        if _ASSERTIONS in basis:
            kind = getattr(kinds, "ALL_WITH_NL_ASSERTIONS", kinds.ALL)
        options: dict[str, Any] = {
            "mode": self._mode(given["info"], simulation),
            "env_kwargs": self._environment_options(given["domain"], task),
            "strict_replay": False,
        }
        return self._evaluator.evaluate_simulation(
            simulation=simulation,
            task=task,
            evaluation_type=kind,
            solo_mode=_is_solo(given["info"]),
            domain=given["domain"],
            **{
                name: value
                for name, value in options.items()
                if name in self._accepts and value is not None
            },
        )

    def _mode(self, info: dict[str, Any], simulation: Any) -> Any:
        if "mode" not in self._accepts:
            return None
        modes = importlib.import_module("tau2.orchestrator.modes").CommunicationMode
        full = (
            getattr(simulation, "mode", None) == _FULL_DUPLEX
            or getattr(simulation, "ticks", None) is not None
            or info.get("audio_native_config") is not None
            or (info.get("user_info") or {}).get("implementation") == _VOICE_USER
        )
        return modes.FULL_DUPLEX if full else modes.HALF_DUPLEX

    @staticmethod
    def _environment_options(domain: str, task: Any) -> dict[str, Any] | None:
        """For banking: the task tells which reads are logged; knowledge is not searched again."""
        if domain != "banking_knowledge":
            return None
        build = importlib.import_module("tau2.runner.build")
        allowed = getattr(build, "_derive_read_log_allowlist", None)
        options: dict[str, Any] = {"retrieval_variant": "no_knowledge"}
        return options if allowed is None else options | {"read_log_allowlist": allowed(task)}

    def _put_verdicts_in_place_of_judges(self) -> None:
        def verdicts(trajectory: Any, nl_assertions: list[str]) -> list[Any]:
            # As a judge wrote them: it may have put an assertion in other words.
            stored = self._verdicts or []
            if nl_assertions and not stored and self._names_assertions:
                raise _JudgeNeededError
            return [self._simulations.NLAssertionCheck.model_validate(one) for one in stored]

        for name in ("NLAssertionsEvaluator", "FullDuplexNLAssertionsEvaluator"):
            if judge := getattr(self._judges, name, None):
                judge.evaluate_nl_assertions = staticmethod(verdicts)

    def _look_up_tool_types_once(self, toolkit: Any) -> None:
        """A kind of toolkit always has the same tools, and telling their types is slow."""
        types = getattr(self._evaluator, "get_tool_types", None)
        if types is None:
            return
        known: dict[type, dict[str, Any]] = {}

        def known_types(kit: Any) -> dict[str, Any]:
            if type(kit).get_tools is not toolkit.ToolKitBase.get_tools:
                # The package's own function, whose type is not known outside its interpreter.
                return types(kit)  # type: ignore[no-any-return]
            if type(kit) not in known:
                known[type(kit)] = types(kit)
            return dict(known[type(kit)])

        self._evaluator.get_tool_types = known_types


def _read(place: list[Any]) -> dict[str, Any]:
    path, start, end = place
    with open(path, "rb") as file:  # noqa: PTH123 (a thousand times a second)
        file.seek(start)
        found: dict[str, Any] = json.loads(file.read(end - start))
    return found


def _without_assertions(task: Any) -> Any:
    criteria = task.evaluation_criteria
    basis = [one for one in criteria.reward_basis if one.value != _ASSERTIONS]
    return task.model_copy(
        update={"evaluation_criteria": criteria.model_copy(update={"reward_basis": basis})}
    )


def _is_solo(info: dict[str, Any]) -> bool:
    agent = (info.get("agent_info") or {}).get("implementation")
    user = (info.get("user_info") or {}).get("implementation")
    return agent == _SOLO_AGENT and user == _NO_USER
