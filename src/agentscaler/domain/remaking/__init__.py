"""Parts of certified domains made anew by a language model, held to the same checks."""

from agentscaler.domain.remaking.code import CODE_PROMPT, remake_code

__all__ = ["CODE_PROMPT", "remake_code"]
