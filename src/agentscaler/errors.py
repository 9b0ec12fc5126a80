"""The error model, drawn once.

    AgentScalerError            what the user can mend; the command line prints it and exits with 2
    |-- InputError              a file, a record or an argument is not what it should be
    |   `-- TemplateRefusedError  a chat template cannot be masked rightly (`training.refusal`)
    |-- SettingsError           an unknown setting, or a value out of its range
    |-- RunFolderError          a run folder cannot be used as it is
    |-- MissingExtraError       an optional package is needed and not installed
    |-- BudgetSpentError        a run has cost what it may cost; it goes on with a larger budget
    |-- GuardError              tool source that the allow-list refuses
    `-- JailError               tools need a jail that this machine lacks (`world.jail`)

    ToolError                   a tool says no (unknown id, precondition not met): data, no crash
    WorldError                  a tool broke its contract (raised something else, overstepped)
    EndpointError               a model's endpoint gave no answer after all retries: nobody's fault
                                but the machinery's, to be tried again later
    RequestRefusedError         an endpoint will never answer this request, such as one too long

Every `AgentScalerError` says what happened and what to do about it.  `ToolError` is the only
exception that a tool may raise; its text is shown to the agent.  Errors are caught at boundaries
only: the command line, the unit of work of a stage, and `World.call`.
"""

__all__ = [
    "AgentScalerError",
    "BudgetSpentError",
    "EndpointError",
    "GuardError",
    "InputError",
    "MissingExtraError",
    "RequestRefusedError",
    "RunFolderError",
    "SettingsError",
    "ToolError",
    "WorldError",
]


class AgentScalerError(Exception):
    """Something the user can mend.

    Args:
        what: what happened, in one sentence.
        remedy: what to do about it, in one sentence.
    """

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".rstrip()


class InputError(AgentScalerError):
    """A file, a record or an argument is not what it should be."""


class SettingsError(AgentScalerError):
    """A setting is unknown, or its value is out of range."""


class RunFolderError(AgentScalerError):
    """A run folder cannot be used as it is."""


class MissingExtraError(AgentScalerError):
    """An optional package is needed and not installed."""


class BudgetSpentError(AgentScalerError):
    """A run has cost what it may cost."""


class GuardError(AgentScalerError):
    """Tool source that the allow-list refuses."""


class ToolError(Exception):
    """A tool says no; the text is shown to the agent and should say what would work."""


class WorldError(Exception):
    """A tool broke its contract: it raised something other than `ToolError`, or overstepped."""


class EndpointError(OSError):
    """A model's endpoint gave no answer after all retries."""


class RequestRefusedError(Exception):
    """An endpoint will never answer this request as it is."""
