"""The training set: every kept dialogue rendered, masked, and put into its domain's split."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Literal

from agentscaler.dataset.example import Example
from agentscaler.dataset.messages import render_messages, render_tools
from agentscaler.dataset.settings import DatasetSettings
from agentscaler.domain.domain import Domain
from agentscaler.rollout.trajectory import Trajectory
from agentscaler.task.task import Task

__all__ = ["build_dataset", "split_of"]


def build_dataset(
    work: Iterable[tuple[Domain, list[Task], list[Trajectory]]],
    settings: DatasetSettings | None = None,
    seed: int = 0,
) -> Iterator[list[Example]]:
    """Makes an example of every trajectory.

    Args:
        work: domains with their tasks and the trajectories that were kept.
        settings: None takes the defaults.
        seed: decides which domains are held out.

    Yields:
        one list of examples a domain, in the order of `work` and of its trajectories.  After
        `settings.limit` examples the lists are empty.
    """
    settings = settings or DatasetSettings()
    left = settings.limit
    for domain, _, trajectories in work:
        chosen = trajectories if left is None else trajectories[:left]
        left = None if left is None else left - len(chosen)
        split = split_of(domain.id, seed, settings.held_out_share)
        tools = render_tools(domain.manifest.tools)
        examples = []
        for trajectory in chosen:
            messages, mask = render_messages(
                trajectory.messages, mask_mistakes=settings.mask_mistakes
            )
            examples.append(
                Example(
                    id=trajectory.id,
                    trajectory=trajectory.id,
                    task=trajectory.task,
                    domain=domain.id,
                    split=split,
                    messages=messages,
                    tools=tools,
                    loss_mask=mask,
                )
            )
        yield examples


def split_of(domain: str, seed: int, held_out_share: float) -> Literal["train", "held_out"]:
    """The split of a domain: by a seeded hash of its id, so that other domains do not matter."""
    digest = hashlib.sha256(f"{seed}/{domain}".encode()).digest()
    position = int.from_bytes(digest[:8]) / 2**64
    return "held_out" if position < held_out_share else "train"
