"""`Sources`: the runs that an experiment's dialogues and tasks are from."""

import hashlib
from dataclasses import dataclass

from agentscaler.runfolder import RunFolder, measure

__all__ = ["Sources"]


@dataclass(frozen=True)
class Sources:
    """Where an experiment's dialogues are from.

    Attributes:
        run: a finished run.
        vertical_run: the run that holds the vertical; None takes `run`.
        vertical: its domains: services ("aws.connect") or ids, with commas; "" means all of
            `vertical_run`, and no vertical where there is none.
    """

    run: RunFolder
    vertical_run: RunFolder | None = None
    vertical: str = ""

    @property
    def by_name(self) -> dict[str, RunFolder]:
        found = {"general": self.run}
        if self.vertical or self.vertical_run is not None:
            found["vertical"] = self.vertical_run or self.run
        return found

    def fingerprint(self) -> str:
        """Of the runs' kept dialogues."""
        digest = hashlib.sha256(self.vertical.encode())
        for name, run in self.by_name.items():
            for output in ("kept.jsonl", "trajectories.jsonl"):
                path = run.path / output
                if path.exists():
                    digest.update(f"{name}/{output}:{measure(path).sha256}\n".encode())
        return digest.hexdigest()
