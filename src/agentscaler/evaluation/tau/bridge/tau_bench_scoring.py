"""Rewards of saved tau-bench episodes: their actions are played again on the package's own tools.

The environment, its tools and its reward are the package's; what is replaced is how its data is
loaded and hashed (`tracked_tables`), and the user, who says nothing while actions are replayed.
"""

import importlib
import json
import threading
from collections.abc import Mapping
from typing import Any

from .tracked_tables import SharedTable, TrackedTable, digest_of, only_reading

__all__ = ["TauBenchScorer"]

_RESPOND = "respond"
_STOP = "###STOP###"
_READING = ("get_", "find_", "list_", "search_", "calculate", "think")
"""How the names of tools begin that do not change data."""


class _SilentUser:
    """Stands in for the user simulator."""

    def reset(self, instruction: Any = None) -> str:
        return ""

    def step(self, content: str) -> str:
        return ""

    def get_total_cost(self) -> float:
        return 0.0


class _Data:
    """A domain's data as it was parsed."""

    def __init__(self, load: Any, base: Any) -> None:
        self._load = load
        self._base = base
        self._parse()

    def _parse(self) -> None:
        self._tables = {
            name: SharedTable(records, self._texts, json.dumps)
            for name, records in self._load().items()
        }

    def fresh(self) -> dict[str, Any]:
        """Data for one episode."""
        return {name: TrackedTable(table) for name, table in self._tables.items()}

    def fingerprint(self, data: Mapping[str, Any]) -> str:
        """Equal for data whose hashes by the package are equal, and for it only."""
        names = sorted(set(data) | set(self._tables))
        return digest_of(
            {
                name: self._tables[name].difference(data[name])
                if name in data and name in self._tables
                else str(self._base.to_hashable(data.get(name)))
                for name in names
            }
        )

    def unchanged(self) -> bool:
        """Whether nobody changed the parsed records; they are parsed anew if somebody did."""
        if all(table.unchanged() for table in self._tables.values()):
            return True
        self._parse()
        return False

    def _texts(self, records: Mapping[str, Any]) -> dict[str, str]:
        return {key: str(self._base.to_hashable(value)) for key, value in records.items()}


class TauBenchScorer:
    """Scores episodes, one at a time."""

    def __init__(self) -> None:
        self._base: Any = importlib.import_module("tau_bench.envs.base")
        self._types = importlib.import_module("tau_bench.types")
        self._scoring = threading.Lock()
        self._kinds: dict[str, Any] = {}
        self._data: dict[str, _Data] = {}
        self._silence_users()

    def score(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        """Rewards of episodes; see `Tau2Scorer.score`.

        Args:
            given: `domain`, and `items`: each with `actions` (name and kwargs), `stopped`
                (whether the user ended the episode), and `task` as results files have it.
        """
        with self._scoring:
            domain, items = given["domain"], given["items"]
            outcomes = [self._outcome(domain, one, tracked=True) for one in items]
            data = self._data.get(domain)
            if data is not None and not data.unchanged():
                outcomes = [self._outcome(domain, one, tracked=False) for one in items]
        return outcomes

    def compare_tasks(self, given: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """How tasks of a file differ from those of the package; see `Tau2Scorer.compare_tasks`.

        Args:
            given: `domain`, and `tasks`: id to the task as the file has it.
        """
        present = [_rules(one.model_dump()) for one in self._environment(given["domain"]).tasks]
        compared: dict[str, dict[str, Any]] = {}
        for identifier, raw in given["tasks"].items():
            rules = _rules(raw)
            place = int(identifier) if identifier.isdigit() else -1
            now = present[place] if 0 <= place < len(present) else None
            if now == rules:
                compared[identifier] = {"found": identifier, "fields": []}
            elif rules in present:
                compared[identifier] = {"found": str(present.index(rules)), "fields": []}
            else:
                fields = [] if now is None else sorted(k for k in rules if now[k] != rules[k])
                compared[identifier] = {"found": identifier if fields else "", "fields": fields}
        return compared

    def _outcome(self, domain: str, item: dict[str, Any], tracked: bool) -> dict[str, Any]:
        try:
            return self._scored(domain, item, tracked)
        except Exception as error:  # whatever the package raises is an outcome
            return {"error": {"type": type(error).__name__, "text": str(error)[:2000]}}

    def _scored(self, domain: str, item: dict[str, Any], tracked: bool) -> dict[str, Any]:
        environment = self._environment(domain)
        environment.task = self._types.Task.model_validate(item["task"])
        environment.actions = []
        hashes: list[str] = []
        load, make_hash = environment.loads_itself, type(environment).get_data_hash
        if tracked:
            data = self._data_of(domain, environment)
            load, make_hash = data.fresh, lambda this: data.fingerprint(this.data)

        def remembered_hash() -> str:
            hashes.append(make_hash(environment))
            return hashes[-1]

        environment.data_load_func, environment.get_data_hash = load, remembered_hash
        environment.data = load()
        reward = self._played(environment, item["actions"])
        if reward is None and item["stopped"]:
            reward = environment.calculate_reward()
        return _told(reward, hashes, item["task"])

    def _played(self, environment: Any, actions: list[dict[str, Any]]) -> Any:
        """The reward if an action ends the episode; what the agent said is not answered."""
        for raw in actions:
            action = self._types.Action.model_validate(raw)
            if action.name == _RESPOND:
                environment.actions.append(action)
                continue
            step = environment.step(action)
            if step.done:
                return step.info.reward_info
        return None

    def _environment(self, domain: str) -> Any:
        if domain not in self._kinds:
            made = importlib.import_module("tau_bench.envs").get_env(
                domain,
                user_strategy="llm",
                user_model="-",
                task_split="test",
                user_provider="openai",
                task_index=0,
            )
            made.loads_itself, step = made.data_load_func, made.step

            def watched_step(action: Any) -> Any:
                with only_reading(action.name.startswith(_READING)):
                    return step(action)

            made.step = watched_step
            self._kinds[domain] = made
        return self._kinds[domain]

    def _data_of(self, domain: str, environment: Any) -> _Data:
        if domain not in self._data:
            self._data[domain] = _Data(environment.loads_itself, self._base)
        return self._data[domain]

    def _silence_users(self) -> None:
        self._base.load_user = lambda *given, **named: _SilentUser()


def _rules(task: dict[str, Any]) -> dict[str, Any]:
    """What of a task decides scores."""
    return {"actions": task["actions"], "outputs": task["outputs"]}


def _told(reward: Any, hashes: list[str], task: dict[str, Any]) -> dict[str, Any]:
    """A reward of the package in the form of `tau2_scoring`; None where an episode had no end."""
    told: dict[str, Any] = {"parts": {}, "basis": None, "note": "", "judge": "", "replay": []}
    if reward is None:
        note = "the episode has no end: the limit of steps was reached"
        return told | {"reward": 0.0, "note": note, "checks": {}}
    outputs = getattr(reward.info, "outputs", None)
    matched = len(hashes) == 2 and hashes[0] == hashes[1]
    parts = {"DB": float(matched)}
    if outputs is not None:
        parts["COMMUNICATE"] = float(all(outputs.values()))
    said = None if outputs is None else [bool(outputs[one]) for one in task["outputs"]]
    checks = {"database": matched, "communicated": said}
    return told | {
        "reward": float(reward.reward),
        "parts": parts,
        "basis": list(parts),
        "checks": checks,
    }
