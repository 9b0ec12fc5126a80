"""`examine`: puts a whole domain through its certificate.

Tools of the package's own run in this process.  Those of any other maker are compiled and run in
jailed workers only, unless the domain is trusted.
"""

from collections.abc import Collection

from agentscaler.domain.certificate import Certificate, ToolFailure
from agentscaler.domain.certify import certify
from agentscaler.domain.domain import Domain
from agentscaler.domain.trials import tool_trials

__all__ = ["examine"]


def examine(
    domain: Domain,
    *,
    trials: int = 200,
    seed: str | int = 0,
    focus: Collection[str] | None = None,
) -> tuple[Certificate, list[ToolFailure]]:
    """Try the tools of a domain, whatever its certificate says; see `certify`.

    Raises:
        GuardError: the allow-list refuses the tools' source.
        JailError: the tools are not our own, and this machine cannot confine them.
    """
    manifest = domain.manifest
    return certify(
        domain.tools,
        domain.states,
        manifest.now,
        tool_trials(manifest.tools, manifest.table, manifest.now, manifest.values),
        rules=manifest.rules,
        trials=trials,
        seed=seed,
        stir=manifest.engine != "curated",
        focus=focus,
    )
