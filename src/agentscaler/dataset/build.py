"""The training set: every kept dialogue rendered, masked, and put into its domain's split."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agentscaler.dataset.example import DatasetDomain, DatasetTool, Example, Split
from agentscaler.dataset.fingerprints import fingerprint_tools
from agentscaler.dataset.messages import render_messages, render_tools
from agentscaler.dataset.settings import DatasetSettings
from agentscaler.domain.domain import Domain
from agentscaler.rollout.trajectory import Trajectory
from agentscaler.task.task import Task

__all__ = ["DomainExamples", "build_dataset", "split_of"]


@dataclass(frozen=True)
class DomainExamples:
    """What one domain gives to the training set."""

    domain: DatasetDomain
    examples: list[Example]


def build_dataset(
    work: Iterable[tuple[Domain, list[Task], list[Trajectory]]],
    settings: DatasetSettings | None = None,
    seed: int = 0,
) -> Iterator[DomainExamples]:
    """Makes an example of every trajectory.

    Args:
        work: domains with their tasks and the trajectories that were kept.
        settings: None takes the defaults.
        seed: decides which domains are held out.

    Yields:
        the examples of one domain, in the order of `work` and of its trajectories.  After
        `settings.limit` examples there are none.
    """
    settings = settings or DatasetSettings()
    left = settings.limit
    for domain, tasks, trajectories in work:
        chosen = trajectories if left is None else trajectories[:left]
        left = None if left is None else left - len(chosen)
        yield _of_domain(domain, tasks, chosen, settings, seed)


def split_of(domain: str, seed: int, held_out_share: float) -> Split:
    """The split of a domain: by a seeded hash of its id, so that other domains do not matter."""
    digest = hashlib.sha256(f"{seed}/{domain}".encode()).digest()
    position = int.from_bytes(digest[:8]) / 2**64
    return "held_out" if position < held_out_share else "train"


def _of_domain(
    domain: Domain,
    tasks: list[Task],
    trajectories: list[Trajectory],
    settings: DatasetSettings,
    seed: int,
) -> DomainExamples:
    manifest = domain.manifest
    split = split_of(domain.id, seed, settings.held_out_share)
    tools = render_tools(manifest.tools)
    fingerprints = fingerprint_tools(manifest.tools, domain.source)
    kinds = {task.id: "special" if task.special else task.kind for task in tasks}
    examples = []
    for trajectory in trajectories:
        messages, mask = render_messages(trajectory.messages, mask_mistakes=settings.mask_mistakes)
        examples.append(
            Example(
                id=trajectory.id,
                trajectory=trajectory.id,
                task=trajectory.task,
                domain=domain.id,
                state=trajectory.state,
                engine=manifest.engine,
                agent=trajectory.agent,
                user=trajectory.user,
                seed=seed,
                kind=kinds[trajectory.task],
                recovered=trajectory.tool_errors > 0,
                split=split,
                messages=messages,
                tools=tools,
                fingerprints=list(fingerprints.values()),
                loss_mask=mask,
            )
        )
    described = DatasetDomain(
        id=domain.id,
        title=manifest.title,
        provider=manifest.provider,
        service=manifest.service,
        engine=manifest.engine,
        split=split,
        examples=len(examples),
        tools=tuple(
            DatasetTool(
                name=tool.name,
                fingerprint=fingerprints[tool.name],
                origin=tool.origin,
                licence=tool.licence,
            )
            for tool in manifest.tools
        ),
    )
    return DomainExamples(described, examples)
