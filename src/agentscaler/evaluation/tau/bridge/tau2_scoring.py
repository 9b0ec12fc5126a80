"""Rewards of saved tau2 simulations, as the package's own evaluator gives them, only sooner.

The package plays the tool calls again and judges; what is replaced is how it loads, copies and
hashes databases (`tracked_databases`), and the judge model, in whose place stored verdicts speak.
"""

import importlib
import inspect
import json
import threading
from typing import Any

from .tracked_databases import Tracking
from .wording import same_content, same_validation_error

__all__ = ["Tau2Scorer"]

_ASSERTIONS = "NL_ASSERTION"
_SOLO_AGENT, _NO_USER = "llm_agent_solo", "dummy_user"
_VOICE_USER = "voice_streaming_user_simulator"
_FULL_DUPLEX = "full_duplex"


class _JudgeNeededError(Exception):
    """Assertions need a judge model, and no verdicts are stored."""


class _Replay:
    """Recorded tool results of one simulation, and how replayed ones differ from them."""

    def __init__(self) -> None:
        self.differences: list[dict[str, str]] = []
        self._recorded: list[tuple[Any, Any]] = []

    def begin(self, messages: list[Any]) -> None:
        """Takes what an environment is about to play again."""
        calls: list[Any] = []
        self._recorded = []
        for message in messages:
            if getattr(message, "role", "") == "tool":
                if calls:
                    self._recorded.append((calls.pop(0), message))
            else:
                calls = list(getattr(message, "tool_calls", None) or [])
        self._recorded.reverse()

    def settle(self, call: Any, response: Any) -> Any:
        """The response that the package shall see: the recorded one, where there is one."""
        while self._recorded:
            recorded_call, recorded = self._recorded.pop()
            if recorded_call.name == call.name and recorded_call.arguments == call.arguments:
                break
        else:
            return response
        if same_content(response.content, recorded.content):
            return response
        worded = same_validation_error(response.content, recorded.content)
        self.differences.append(
            {
                "kind": "wording" if worded else "content",
                "tool": call.name,
                "recorded": (recorded.content or "")[:600],
                "replayed": (response.content or "")[:600],
            }
        )
        return response.model_copy(update={"content": recorded.content})


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
        self._replay: _Replay | None = None
        self._verdicts: list[dict[str, Any]] | None = None
        self._names_assertions = False
        self._tracking = Tracking(database.DB, toolkit.ToolKitBase)
        self._watch_replays(environment)
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
        present = {task.id: _rules(task) for task in self._present_tasks(given["domain"])}
        by_rules: dict[str, list[str]] = {}
        for identifier, rules in present.items():
            by_rules.setdefault(json.dumps(rules, sort_keys=True), []).append(identifier)
        compared: dict[str, dict[str, Any]] = {}
        for identifier, place in given["tasks"].items():
            rules = _rules(self._task(_read(place)))
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
            task = self._task(raw_task)
            simulation = self._simulation(raw)
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
        replay = self._replay = _Replay()
        judge = "stored" if self._names_assertions and asserted else ""
        try:
            reward = self._evaluate(given, simulation, task)
        except _JudgeNeededError:
            reward = self._evaluate(given, simulation, _without_assertions(task))
            judge = "needed" if reward.reward > 0 else "idle"
        finally:
            self._replay = None
        unique = {json.dumps(one, sort_keys=True): one for one in replay.differences}
        return _told(reward) | {"judge": judge, "replay": list(unique.values())}

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

    def _task(self, raw: dict[str, Any]) -> Any:
        try:
            return self._tasks.Task.model_validate(raw)
        except ValueError:
            # Of another version: what is not about scoring is left out.
            kept = ("id", "user_scenario", "initial_state", "evaluation_criteria")
            smaller = {name: raw[name] for name in kept if name in raw}
            return self._tasks.Task.model_validate(
                smaller | {"id": str(raw["id"]), "user_scenario": {"instructions": "-"}}
            )

    def _simulation(self, raw: dict[str, Any]) -> Any:
        kept = {name: value for name, value in raw.items() if name != "reward_info"}
        try:
            return self._simulations.SimulationRun.model_validate(kept)
        except ValueError as error:
            return self._simulations.SimulationRun.model_validate(_mended(kept, error))

    def _watch_replays(self, environment: Any) -> None:
        kind = environment.Environment
        set_state, get_response = kind.set_state, kind.get_response

        def watched_set_state(this: Any, *given: Any, **named: Any) -> Any:
            if self._replay is not None:
                messages = named.get("message_history", given[2] if len(given) > 2 else None)
                self._replay.begin(messages or [])
            return set_state(this, *given, **named)

        def settled_response(this: Any, message: Any) -> Any:
            response = get_response(this, message)
            return response if self._replay is None else self._replay.settle(message, response)

        kind.set_state, kind.get_response = watched_set_state, settled_response
        if hasattr(environment, "deepcopy"):
            environment.deepcopy = _copied_messages(environment.deepcopy)

    def _put_verdicts_in_place_of_judges(self) -> None:
        def verdicts(trajectory: Any, nl_assertions: list[str]) -> list[Any]:
            found = {one["nl_assertion"]: one for one in self._verdicts or []}
            if not self._names_assertions:
                nl_assertions = [one for one in nl_assertions if one in found]
            if any(one not in found for one in nl_assertions):
                raise _JudgeNeededError
            kind = self._simulations.NLAssertionCheck
            return [kind.model_validate(found[one]) for one in nl_assertions]

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
                return types(kit)  # type: ignore[no-any-return]
            if type(kit) not in known:
                known[type(kit)] = types(kit)
            return dict(known[type(kit)])

        self._evaluator.get_tool_types = known_types


def _copied_messages(copy_all: Any) -> Any:
    """Copies of messages, as deep as environments change them: the arguments of tool calls."""

    def copied(value: Any) -> Any:
        if not isinstance(value, list):
            return copy_all(value)
        return [
            message.model_copy(update={"tool_calls": copy_all(message.tool_calls)})
            if getattr(message, "tool_calls", None)
            else message
            for message in value
        ]

    return copied


def _read(place: list[Any]) -> dict[str, Any]:
    path, start, end = place
    with open(path, "rb") as file:  # noqa: PTH123 (a thousand times a second)
        file.seek(start)
        found: dict[str, Any] = json.loads(file.read(end - start))
    return found


def _mended(raw: dict[str, Any], error: Any) -> dict[str, Any]:
    """A simulation of another version, without what this one does not know or need.

    Raises:
        ValueError: the same again, where something is amiss that scoring needs.
    """
    mended = dict(raw)
    for fault in error.errors():
        name = fault["loc"][0]
        if name in {"messages", "ticks", "task_id", "termination_reason"}:
            raise error
        if fault["type"] == "missing":
            mended[name] = 0.0 if name == "duration" else ""
        else:
            mended.pop(name, None)
    return mended


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


def _rules(task: Any) -> dict[str, Any]:
    """What of a task decides scores, in one form for all versions."""
    criteria = task.evaluation_criteria
    told = criteria.model_dump(mode="json") if criteria is not None else {}
    told = {name: value or None for name, value in told.items()}
    told["reward_basis"] = sorted(told.get("reward_basis") or [])
    told["actions"] = [_action(one) for one in told.get("actions") or []]
    state = task.initial_state
    told["initial_state"] = state.model_dump(mode="json") if state is not None else None
    return told


def _action(action: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in action.items() if k not in {"action_id", "info"}}


def _told(reward: Any) -> dict[str, Any]:
    """A reward of the package, cut to what is compared and explained."""
    told = reward.model_dump(mode="json")
    database = told.get("db_check")
    return {
        "reward": told["reward"],
        "parts": told.get("reward_breakdown") or {},
        "basis": told.get("reward_basis"),
        "note": (told.get("info") or {}).get("note", ""),
        "checks": {
            "database": None if database is None else database["db_match"],
            "assertions": _met(told.get("env_assertions"), "met"),
            "actions": _met(told.get("action_checks"), "action_match"),
            "communicated": _met(told.get("communicate_checks"), "met"),
            "judged": _met(told.get("nl_assertions"), "met"),
        },
    }


def _met(checks: list[dict[str, Any]] | None, name: str) -> list[bool] | None:
    return None if checks is None else [bool(one[name]) for one in checks]
