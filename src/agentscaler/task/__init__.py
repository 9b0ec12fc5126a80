"""Certified domains in, proven tasks out."""

from agentscaler.task.construct import TaskOutcome, construct_tasks
from agentscaler.task.request import request_text
from agentscaler.task.settings import TaskSettings
from agentscaler.task.task import Task

__all__ = ["Task", "TaskOutcome", "TaskSettings", "construct_tasks", "request_text"]
