"""The whole system: its stages in order, each from files to records to files.

`stages.py` is the page to read: what each stage takes, calls and writes.  `run.py` decides what is
up to date and what has to be done; `settings.py` puts the settings of all stages together.  Beside
the stages, `verify.py` proves the tasks of a run again, `instances.py` makes fresh instances of
them, `difficulty.py` measures how hard they are, and `judging.py` asks a model how the kept
dialogues read.  Nothing here prints: an `Observer` is told
how the work goes.
"""

from agentscaler.pipeline.difficulty import BANDS, measure_run
from agentscaler.pipeline.instances import write_instances
from agentscaler.pipeline.judging import JUDGEMENTS, judge_run
from agentscaler.pipeline.run import Observer, run, run_stage
from agentscaler.pipeline.settings import Settings
from agentscaler.pipeline.stages import STAGES, DomainEntry, Stage, stage_named
from agentscaler.pipeline.verify import altered_outputs, verify_run

__all__ = [
    "BANDS",
    "JUDGEMENTS",
    "STAGES",
    "DomainEntry",
    "Observer",
    "Settings",
    "Stage",
    "altered_outputs",
    "judge_run",
    "measure_run",
    "run",
    "run_stage",
    "stage_named",
    "verify_run",
    "write_instances",
]
