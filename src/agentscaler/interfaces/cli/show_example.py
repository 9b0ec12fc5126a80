"""Printing one example, and the way back from it to the descriptions of real APIs."""

import random
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.markup import escape

from agentscaler.dataset import Example, fingerprint_tools
from agentscaler.domain import Domain, load_domain
from agentscaler.filtering import Verdict
from agentscaler.interfaces.cli.lookup import find_example, sources_of, task_of, trajectory_of
from agentscaler.interfaces.cli.lookup import verdict_on as verdict_of
from agentscaler.runfolder import RunFolder
from agentscaler.task import Task

__all__ = ["show_example"]

_SHORT = 160


def show_example(
    console: Console, folder: RunFolder, wanted: str, rng: random.Random, *, full: bool
) -> None:
    """Example, verdict, trajectory, task with its proof, domain, and the operations behind it."""
    example = find_example(folder, wanted, rng)
    trajectory = trajectory_of(folder, example.trajectory)
    domain = load_domain(folder.path / "domains" / example.domain)
    _section(
        console,
        f"Example {example.id}",
        [
            f"split {example.split}; {example.kind} task; run seed {example.seed}",
            f"{len(example.messages)} messages, the loss on {sum(example.loss_mask)} of them",
            *_messages(example, full=full),
        ],
    )
    _section(console, "Verdict of the funnel", [_verdict(verdict_of(folder, trajectory))])
    _section(
        console,
        f"Trajectory {trajectory.id}",
        [
            f"agent {trajectory.agent}, user {trajectory.user}, state {trajectory.state}",
            f"stop: {trajectory.stop}; mistakes made on purpose: {trajectory.mistakes}; calls "
            f"refused: {trajectory.tool_errors}; changes to the database: "
            f"{len(trajectory.changeset)}",
        ],
    )
    _section(console, f"Task {example.task}", list(_task(task_of(folder, trajectory))))
    _section(console, f"Domain {domain.id}", list(_domain(domain)))
    _section(console, "Tools and what they were made from", list(_tools(folder, example, domain)))


def _messages(example: Example, *, full: bool) -> Iterator[str]:
    for message, learned in zip(example.messages, example.loss_mask, strict=True):
        calls = [_call(call["function"]) for call in message.get("tool_calls", ())]
        text = " ".join(filter(None, [" ".join(message["content"].split()), *calls]))
        if not full and len(text) > _SHORT:
            text = f"{text[:_SHORT]} ..."
        yield f"  {'learned' if learned else 'context'}  {message['role']}: {text}"


def _call(function: dict[str, Any]) -> str:
    arguments = ", ".join(f"{name}={value!r}" for name, value in function["arguments"].items())
    return f"{function['name']}({arguments})"


def _verdict(verdict: Verdict | None) -> str:
    if verdict is None:
        return "none is on record"
    kept = "kept" if verdict.kept else f"rejected at {verdict.stage}: {verdict.reason}"
    return f"{kept}, with a recovery from a refused call" if verdict.recovered else kept


def _task(task: Task) -> Iterator[str]:
    yield task.intent
    calls = [call.tool for call in task.gold]
    yield f"gold: {', '.join(calls)}; changes to the database: {len(task.changeset)}"
    yield f"proof: {'holds' if task.proof.holds else 'does not hold'}"
    for name, value in task.proof.model_dump().items():
        yield f"  {name.replace('_', ' ')}: {value}"


def _domain(domain: Domain) -> Iterator[str]:
    manifest, certificate = domain.manifest, domain.certificate
    yield f"{manifest.title}; service {manifest.service}; made by {manifest.engine}"
    failures = sum(count.failures for count in certificate.checks.values())
    trials = sum(count.trials for count in certificate.checks.values())
    yield f"certificate: {len(certificate.checks)} checks, {trials:,} trials, {failures:,} failures"


def _tools(folder: RunFolder, example: Example, domain: Domain) -> Iterator[str]:
    called = {
        call["function"]["name"]
        for message in example.messages
        for call in message.get("tool_calls", ())
    }
    now = fingerprint_tools(domain.manifest.tools, domain.source)
    operations = sources_of(folder, {tool.origin for tool in domain.manifest.tools})
    told = (tool["function"]["name"] for tool in example.tools)
    for name, fingerprint in zip(told, example.fingerprints, strict=True):
        same = "as in the domain" if now.get(name) == fingerprint else "the domain's is another now"
        mark = "called" if name in called else "offered"
        yield f"{name}  [{mark}]  fingerprint {fingerprint}, {same}"
        tool = domain.manifest.tool.get(name)
        if tool is None:
            continue
        licence = tool.licence or "unknown"
        spec = operations.get(tool.origin)
        if spec is None:
            yield f"     from {tool.origin}, licence {licence}"
            continue
        place = f" ({spec.method} {spec.path})" if spec.method and spec.path else ""
        yield (
            f"     from {tool.origin}{place} of {spec.service_title}, read by {spec.source}, "
            f"licence {licence}"
        )


def _section(console: Console, title: str, lines: list[str]) -> None:
    console.print(f"[bold]{escape(title)}[/]", soft_wrap=True)
    for line in lines:
        console.print(escape(line), soft_wrap=True)
    console.print()
