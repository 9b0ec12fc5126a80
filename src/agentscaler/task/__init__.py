"""Certified domains in, proven tasks out."""

from agentscaler.task.construct import TaskOutcome, construct_tasks
from agentscaler.task.instances import Instances, make_instances
from agentscaler.task.remake import TASK_PROMPTS, Remade, remake_tasks
from agentscaler.task.request import request_text
from agentscaler.task.settings import TaskSettings
from agentscaler.task.task import SpecialKind, Task

__all__ = [
    "TASK_PROMPTS",
    "Instances",
    "Remade",
    "SpecialKind",
    "Task",
    "TaskOutcome",
    "TaskSettings",
    "construct_tasks",
    "make_instances",
    "remake_tasks",
    "request_text",
]
