"""Mistral: what others say stands between tags; what is left is the agent's, up to `</s>`.

There is no header before the agent's turn: it begins where a user's turn or a result ends and
neither another of these nor the next user's turn follows.
"""

import re

from agentscaler.training.families.family import Family

__all__ = ["MISTRAL"]

MISTRAL = Family(
    name="mistral",
    marks=("[INST]", "[/INST]"),
    controls=(
        *("<s>", "</s>", "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]"),
        *("[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_CALLS]", "[TOOL_RESULTS]"),
        *("[/TOOL_RESULTS]", "[TOOL_CONTENT]", "[CALL_ID]", "[ARGS]", "[THINK]", "[/THINK]"),
    ),
    tokens=("[INST]", "[/INST]", "</s>"),
    own_turn=re.compile(
        r"\[/(?:INST|TOOL_RESULTS)\](?!\s*\[(?:TOOL_RESULTS|INST|AVAILABLE_TOOLS)\])"
        r"(?P<own>.*?</s>)",
        re.DOTALL,
    ),
)
