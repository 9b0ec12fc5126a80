"""The forms in which a language model answers about a batch of tools.

Lengths here only stop a runaway answer: what is wrong with one tool's text is for the checks, which
cost that tool alone, while a form that does not fit costs the whole batch.
"""

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "AnyTools",
    "DescribedAndJudgedTools",
    "DescribedTool",
    "DescribedTools",
    "JudgedTools",
    "Judgement",
    "ParameterText",
]

_RUNAWAY = 1000
_MOST_TOOLS = 24
_MOST_PARAMETERS = 48


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ParameterText(_Part):
    """What is said of one input."""

    name: str = Field(max_length=200, description="The input's name, exactly as it is given.")
    description: str = Field(
        max_length=_RUNAWAY, description="One sentence about its value, 10 to 160 characters."
    )


class Judgement(_Part):
    """What a tool is worth, by named criteria."""

    reason: str = Field(
        max_length=_RUNAWAY,
        description="One sentence, 15 to 200 characters: what a person would use this tool for, or"
        " what is poor about it.",
    )
    clear: bool = Field(description="It is clear what the tool does.")
    wanted: bool = Field(description="A person could want it in a conversation.")
    tellable: bool = Field(
        description="A person can tell what it requires, or another tool can find it."
    )


class _Tool(_Part):
    id: str = Field(max_length=400, description="The tool's id, exactly as it is given.")


class DescribedTool(_Tool):
    """The new texts of one tool."""

    does: str = Field(
        max_length=_RUNAWAY,
        description="What the tool does: one sentence, 10 to 160 characters, that begins with a"
        " verb such as Creates, Lists or Cancels.",
    )
    needs: str = Field(
        max_length=_RUNAWAY,
        description="What it requires: one sentence, at most 200 characters, that begins with"
        " Needs.",
    )
    gives: str = Field(
        max_length=_RUNAWAY,
        description="What it gives back: one sentence, at most 200 characters, that begins with"
        " Returns. Empty only where the outputs are null.",
    )
    parameters: list[ParameterText] = Field(
        max_length=_MOST_PARAMETERS, description="One for each name in the tool's to_describe."
    )


class JudgedTool(_Tool):
    judgement: Judgement


class DescribedAndJudgedTool(DescribedTool):
    judgement: Judgement


class DescribedTools(_Part):
    """New texts of a batch."""

    tools: list[DescribedTool] = Field(max_length=_MOST_TOOLS)


class JudgedTools(_Part):
    """Judgements of a batch."""

    tools: list[JudgedTool] = Field(max_length=_MOST_TOOLS)


class DescribedAndJudgedTools(_Part):
    """New texts and judgements of a batch."""

    tools: list[DescribedAndJudgedTool] = Field(max_length=_MOST_TOOLS)


AnyTools = DescribedTools | JudgedTools | DescribedAndJudgedTools
