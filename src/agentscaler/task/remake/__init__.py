"""Parts of proven tasks that a language model makes anew: values, words and manners."""

from agentscaler.task.remake.remake import TASK_PROMPTS, Remade, remake_tasks

__all__ = ["TASK_PROMPTS", "Remade", "remake_tasks"]
