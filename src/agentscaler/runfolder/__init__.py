"""A run on disk: files that survive `kill -9`, and a manifest that knows what is up to date.

A run folder holds one file or more a stage (JSON lines, one record a line), `settings.json`, and
`manifest.json`, which says of each stage what it was made from and what came of it.

A stage writes in units of work.  A unit counts once its line stands in `<stage>.progress`, which is
written after the unit's data; a run that was killed goes on after the last such line, and what lies
behind it in the outputs is cut off.  So the same command gives the same bytes, disturbed or not.

A stage is up to date when its `Fingerprint` (input, settings, seed, code) is the recorded one.
"""

from agentscaler.runfolder.fingerprint import Fingerprint, code_version
from agentscaler.runfolder.folder import RunFolder, disk_errors
from agentscaler.runfolder.lock import hold_lock
from agentscaler.runfolder.manifest import OutputRecord, StageRecord, StageState, write_atomically
from agentscaler.runfolder.stage import StageWriter, measure

__all__ = [
    "Fingerprint",
    "OutputRecord",
    "RunFolder",
    "StageRecord",
    "StageState",
    "StageWriter",
    "code_version",
    "disk_errors",
    "hold_lock",
    "measure",
    "write_atomically",
]
