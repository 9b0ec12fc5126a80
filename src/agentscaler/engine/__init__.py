"""Where work runs: in this process, in several, or on Ray; the results are the same in any case.

A stage hands a picklable function and an iterable of items to an `Engine` and takes the results
back in the order of the items, whatever finishes first; so its output has the same bytes with one
worker or many.  What mostly waits, for a language model, goes to a `Flight` instead.
"""

from agentscaler.engine.flight import Flight
from agentscaler.engine.local import LocalEngine
from agentscaler.engine.protocol import Engine
from agentscaler.engine.ray import RayEngine

__all__ = ["Engine", "Flight", "LocalEngine", "RayEngine"]
