"""Settings of the funnel."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["FunnelSettings"]


class FunnelSettings(BaseModel):
    """How strictly trajectories are judged.

    Attributes:
        ngram: length, in words, of the phrases that are watched for loops.
        max_repeats: how often the agent may say such a phrase in a dialogue.
        max_call_repeats: how often one and the same call may be made in a dialogue.
        max_turns: messages of the agent that a dialogue may have; None sets no bound.
        max_refusals: refused calls that a dialogue may have; 0 keeps no recovery, None any number.
        ids: whether a key that a call uses must stand in the conversation before it.
        state: whether the final state must be gold's; results on record must come again anyway.
        strict: for which tasks the calls themselves must equal gold's: for "reads", where the final
            state cannot tell right from wrong; for "all"; or for "none".  Elsewhere only the
            writes are compared.
        consent: whether what the policy wants confirmed must wait for the user's yes.
        answers: whether the agent's words must tell what the user asked for.
        limit: trajectories judged in all; None judges every one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ngram: int = Field(default=8, ge=2)
    max_repeats: int = Field(default=5, ge=1)
    max_call_repeats: int = Field(default=5, ge=1)
    max_turns: int | None = Field(default=None, ge=1)
    max_refusals: int | None = Field(default=None, ge=0)
    ids: bool = True
    state: bool = True
    strict: Literal["reads", "all", "none"] = "reads"
    consent: bool = True
    answers: bool = True
    limit: int | None = Field(default=None, ge=0)
