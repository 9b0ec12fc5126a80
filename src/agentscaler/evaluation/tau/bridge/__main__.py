"""Starts the bridge from its folder, in an interpreter that does not know our package."""

import importlib.util
import sys
from pathlib import Path

__all__: list[str] = []


def _start() -> int:
    """Imports this folder as a package of its own name, and nothing beside it."""
    folder = Path(__file__).resolve().parent
    sys.path[:] = [path for path in sys.path if not path or Path(path).resolve() != folder]
    spec = importlib.util.spec_from_file_location(
        "agentscaler_bridge", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = package
    spec.loader.exec_module(package)
    serving = importlib.import_module("agentscaler_bridge.serving")
    return int(serving.main(sys.argv[1:]))


if __name__ == "__main__":
    sys.exit(_start())
