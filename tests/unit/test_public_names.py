"""The names of `import agentscaler`, pinned: taking one away breaks somebody's code."""

import json
import subprocess
import sys

import agentscaler

PUBLIC = """
AgentScalerError DatasetSettings Domain DomainOutcome DomainSettings Engine Example FunnelSettings
GraphSettings GuardError InputError LocalEngine Message MissingExtraError Pool PoolSettings
Rejection RolloutSettings RunFolder RunFolderError SettingsError Task TaskOutcome TaskSettings
ToolCall ToolError ToolGraph ToolResult ToolSpec Toolbox Trajectory Verdict World WorldError
__version__ build_dataset build_domains build_graph construct_tasks load_corpus load_domain
load_vertical roll_out run_funnel save_domain vertical_names
"""

IMPORT = """
import json, sys, time
before = set(sys.modules)
start = time.perf_counter()
import agentscaler
seconds = time.perf_counter() - start
print(json.dumps([seconds, sorted(set(sys.modules) - before)]))
"""


def test_the_public_names_are_these() -> None:
    assert sorted(agentscaler.__all__) == sorted(PUBLIC.split())


def test_every_public_name_is_there_and_listed() -> None:
    assert not [name for name in agentscaler.__all__ if not hasattr(agentscaler, name)]
    assert set(agentscaler.__all__) <= set(dir(agentscaler))


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(agentscaler, "build_castles")


def test_importing_the_package_is_quick_and_brings_nothing_heavy_along() -> None:
    command = [sys.executable, "-c", IMPORT]
    seconds, modules = json.loads(subprocess.check_output(command, text=True))
    assert seconds < 0.3
    assert not {"numpy", "pydantic", "apsw", "typer"} & {name.split(".")[0] for name in modules}
