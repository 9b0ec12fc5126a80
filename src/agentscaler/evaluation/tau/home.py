"""`Home`: the official package of a benchmark, as a user has it on disk, with its interpreter."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from agentscaler.errors import InputError

__all__ = ["Home", "Package"]

Package = Literal["tau2", "tau-bench"]

_LIES_IN: dict[Package, tuple[str, str]] = {
    "tau2": ("src/tau2", "https://github.com/sierra-research/tau2-bench"),
    "tau-bench": ("tau_bench", "https://github.com/sierra-research/tau-bench"),
}
_DATA: dict[Package, str] = {"tau2": "data/tau2/domains", "tau-bench": "tau_bench/envs"}
_VARIANTS = ("-workflow", "_full", "_small")
"""Of a domain or a set of tasks, which lie in the folder of the domain itself."""
_NOT_READ = ("voice", "audio", "__pycache__", "task_issues", "workflows")
_LARGEST = 1 << 20


@dataclass(frozen=True)
class Home:
    """A checkout of the package, and the interpreter that has what it needs.

    Attributes:
        path: of the checkout.
        python: of the interpreter, which need not be the one that we run in.
    """

    package: Package
    path: Path
    python: Path

    @classmethod
    def find(cls, package: Package, path: Path, python: str) -> Self:
        """Looks at what the user named, before anything is started.

        Args:
            python: a path, or a name that is looked for as a shell does.

        Raises:
            InputError: no checkout lies there, or there is no such program.
        """
        inside, address = _LIES_IN[package]
        if not (path / inside / "__init__.py").is_file():
            raise InputError(
                f"{path} is no checkout of {package}: it has no {inside}.",
                f"Clone {address} and give its folder to --home.",
            )
        program = shutil.which(python)
        if program is None:
            raise InputError(
                f"There is no program {python}.",
                f"Give --python the interpreter that {package} is installed in, say "
                "VENV/bin/python.",
            )
        # Made absolute but not followed: an environment's python is a link to another one.
        return cls(package, path.resolve(), Path(os.path.abspath(program)))  # noqa: PTH100

    def fingerprint(self, domain: str) -> str:
        """A digest of a domain's data: database, tasks, policy; "" where the folder is not known.

        What only voice needs is left out.
        """
        for variant in _VARIANTS:
            domain = domain.removesuffix(variant)
        folder = self.path / _DATA[self.package] / domain
        if not folder.is_dir():
            return ""
        digest = hashlib.sha256()
        for file in sorted(folder.rglob("*")):
            name = file.relative_to(folder).as_posix()
            if file.is_file() and not any(part in name for part in _NOT_READ):
                digest.update(name.encode() + b"\0")
                _digest_file(digest, file)
        return digest.hexdigest()[:16]


def _digest_file(digest: "hashlib._Hash", file: Path) -> None:
    with file.open("rb") as content:
        while part := content.read(_LARGEST):
            digest.update(part)
