"""Certified domains in, proven tasks out."""

from agentscaler.task.construct import TaskOutcome, construct_tasks
from agentscaler.task.settings import TaskSettings
from agentscaler.task.task import Task

__all__ = ["Task", "TaskOutcome", "TaskSettings", "construct_tasks"]
