"""Hand-written domains that come with the package, a folder each: `docs/verticals.md`."""

from agentscaler.domain.verticals.load import load_vertical, vertical_names

__all__ = ["load_vertical", "vertical_names"]
