"""AgentScaler: from real API descriptions to verified tool worlds, proven tasks and dialogues.

Each stage is one verb over records, pure and seeded::

    pool = load_corpus(["botocore"], PoolSettings(limit=500))
    graph = build_graph(pool.tools)
    outcomes = build_domains(graph, pool.tools)
    domains = [outcome.domain for outcome in outcomes if outcome.domain]

`agentscaler.pipeline` runs them all on disk.  Importing this package does nothing else: each name
is fetched from its stage when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from agentscaler.chat import Message, ToolCall, ToolResult
    from agentscaler.corpus import Pool, PoolSettings, ToolSpec, load_corpus
    from agentscaler.dataset import DatasetSettings, Example, build_dataset
    from agentscaler.domain import (
        Domain,
        DomainOutcome,
        DomainSettings,
        build_domains,
        load_domain,
        load_vertical,
        save_domain,
        vertical_names,
    )
    from agentscaler.engine import Engine, LocalEngine
    from agentscaler.errors import (
        AgentScalerError,
        GuardError,
        InputError,
        MissingExtraError,
        RunFolderError,
        SettingsError,
        ToolError,
        WorldError,
    )
    from agentscaler.filtering import FunnelSettings, Verdict, run_funnel
    from agentscaler.graph import GraphSettings, ToolGraph, build_graph
    from agentscaler.ledger import Rejection
    from agentscaler.rollout import RolloutSettings, Trajectory, roll_out
    from agentscaler.runfolder import RunFolder
    from agentscaler.task import Task, TaskOutcome, TaskSettings, construct_tasks
    from agentscaler.world import Toolbox, World

_HOMES = {
    "chat": ("Message", "ToolCall", "ToolResult"),
    "corpus": ("Pool", "PoolSettings", "ToolSpec", "load_corpus"),
    "dataset": ("DatasetSettings", "Example", "build_dataset"),
    "domain": (
        *("Domain", "DomainOutcome", "DomainSettings"),
        *("build_domains", "load_domain", "save_domain"),
        *("load_vertical", "vertical_names"),
    ),
    "engine": ("Engine", "LocalEngine"),
    "errors": (
        *("AgentScalerError", "GuardError", "InputError", "MissingExtraError"),
        *("RunFolderError", "SettingsError", "ToolError", "WorldError"),
    ),
    "filtering": ("FunnelSettings", "Verdict", "run_funnel"),
    "graph": ("GraphSettings", "ToolGraph", "build_graph"),
    "ledger": ("Rejection",),
    "rollout": ("RolloutSettings", "Trajectory", "roll_out"),
    "runfolder": ("RunFolder",),
    "task": ("Task", "TaskOutcome", "TaskSettings", "construct_tasks"),
    "world": ("Toolbox", "World"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [  # noqa: RUF022 - by stage, not by letter
    # corpus, graph, world, domain
    "Pool",
    "PoolSettings",
    "ToolSpec",
    "load_corpus",
    "GraphSettings",
    "ToolGraph",
    "build_graph",
    "Toolbox",
    "World",
    "Domain",
    "DomainOutcome",
    "DomainSettings",
    "build_domains",
    "load_domain",
    "save_domain",
    "load_vertical",
    "vertical_names",
    # task, rollout, filtering, dataset
    "Task",
    "TaskOutcome",
    "TaskSettings",
    "construct_tasks",
    "RolloutSettings",
    "Trajectory",
    "roll_out",
    "FunnelSettings",
    "Verdict",
    "run_funnel",
    "DatasetSettings",
    "Example",
    "build_dataset",
    # below the stages
    "AgentScalerError",
    "Engine",
    "GuardError",
    "InputError",
    "LocalEngine",
    "Message",
    "MissingExtraError",
    "Rejection",
    "RunFolder",
    "RunFolderError",
    "SettingsError",
    "ToolCall",
    "ToolError",
    "ToolResult",
    "WorldError",
    "__version__",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
