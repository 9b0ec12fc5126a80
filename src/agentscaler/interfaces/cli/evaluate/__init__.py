"""`agentscaler evaluate SUITE`: how good an agent is, on a suite, as a report to be trusted.

Each suite is a module with one function, which is registered here.
"""

import typer

from agentscaler.interfaces.cli.evaluate import tau
from agentscaler.interfaces.cli.evaluate.acebench import acebench
from agentscaler.interfaces.cli.evaluate.bfcl import bfcl
from agentscaler.interfaces.cli.evaluate.own import own

__all__ = ["evaluate"]

evaluate = typer.Typer(no_args_is_help=True)


@evaluate.callback()
def root() -> None:
    """Measure a model, a checkpoint or an agent of rules on a suite of tasks."""


evaluate.command("own")(own)
evaluate.command("tau2")(tau.tau2)
evaluate.command("tau-bench")(tau.tau_bench)
evaluate.command("acebench")(acebench)
evaluate.command("bfcl")(bfcl)
