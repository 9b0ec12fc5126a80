"""The policy of a domain in the voice of its service.

In: a certified domain made by rules.  Out: its policy with the same statements in other words, in
an order and under headings that a model chose.  A statement's words are taken only where they name
the same tools, fields, kinds of things, statuses and numbers, forbid where the draft forbids, bind
where it binds, and add neither a permission nor an exception; elsewhere the draft's own words stand
in the model's order.  Rules over words cannot prove that two sentences mean the same; they do see
whatever an agent's conduct is judged by: names, numbers, statuses, and which way a statement
points.
"""

import re
from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict, Field

from agentscaler.domain.describe import OPENING, policy_statements
from agentscaler.domain.domain import Domain
from agentscaler.domain.remaking.sameness import Sameness
from agentscaler.domain.remaking.words import text_faults
from agentscaler.llm import MakerRecord, PartMaker, Prompt

__all__ = ["POLICY_PROMPT", "ServicePolicy", "make_policy"]

POLICY_PROMPT = Prompt.read("agentscaler.domain", "policy.md")

_MOST_SECTIONS = 12
_REST = "Further rules"
_SOFT = re.compile(r"\d|\b(may|allowed|permitted|free to|except|unless|yourself)\b", re.IGNORECASE)


class Statement(BaseModel):
    """One statement of the policy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(description="the statement's number in the draft")
    text: str = Field(max_length=1200, description="the statement in the service's voice")


class Section(BaseModel):
    """Statements that belong together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    heading: str = Field(max_length=80, description="two to six words")
    statements: tuple[Statement, ...] = Field(min_length=1, max_length=200)


class ServicePolicy(BaseModel):
    """The whole policy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    opening: str = Field(max_length=600, description="what the assistant does, in whole sentences")
    sections: tuple[Section, ...] = Field(min_length=1, max_length=_MOST_SECTIONS)


async def make_policy(domain: Domain, maker: PartMaker) -> tuple[str, list[MakerRecord]]:
    """The policy, the draft's letter by letter where no statement was found sound; and who made
    which statement ("shop/statement 4")."""
    manifest = domain.manifest
    statements = dict(enumerate(policy_statements(manifest.tools, manifest.rules), 1))
    sameness = Sameness(manifest)
    subject = {number: f"{domain.id}/statement {number}" for number in statements}

    def check(answer: ServicePolicy) -> dict[str, list[str]]:
        found = dict(_structure_faults(answer, list(statements), subject))
        for one in _statements(answer):
            name = subject.get(one.number, "")
            if name and name not in found:
                found[name] = sameness.faults(statements[one.number], one.text)
        return found

    given = {
        "service": manifest.title,
        "opening": OPENING,
        "statements": [{"number": number, "text": text} for number, text in statements.items()],
    }
    asked = await maker.make(
        "policy", list(subject.values()), POLICY_PROMPT, given, ServicePolicy, check
    )
    records = list(asked.records)
    sound = {number for number, name in subject.items() if name in asked.sound}
    if asked.answer is None or not sound:
        return domain.policy, records
    return _rendered(manifest.title, asked.answer, statements, sound), records


def _statements(answer: ServicePolicy) -> Iterator[Statement]:
    return (statement for section in answer.sections for statement in section.statements)


def _structure_faults(
    answer: ServicePolicy, numbers: Sequence[int], subject: dict[int, str]
) -> Iterator[tuple[str, list[str]]]:
    given = [one.number for one in _statements(answer)]
    unknown = sorted({number for number in given if number not in subject})
    general = [f"the draft has no statement {number}" for number in unknown[:5]]
    for section in answer.sections:
        general += [f"heading: {fault}" for fault in text_faults(section.heading, 60)]
        general += ["a heading begins with #"] if section.heading.startswith("#") else []
    headings = [section.heading.casefold() for section in answer.sections]
    if len({*headings, _REST.casefold()}) <= len(headings):
        general.append(f"two headings are alike, or one is {_REST!r}; name each section its own")
    general += [f"opening: {fault}" for fault in text_faults(answer.opening, 400)]
    soft = _SOFT.search(answer.opening)
    if soft is not None:
        general.append(f"the opening has {soft[0]!r}; rules, numbers and permissions go elsewhere")
    if not re.search(r"\bonly\b.*\btools\b|\btools\b.*\bonly\b", answer.opening, re.IGNORECASE):
        general.append('the opening must say that the assistant acts only through "the tools"')
    if general:
        yield "", general
    for number in numbers:
        if given.count(number) != 1:
            yield subject[number], [f"it is there {given.count(number)} times; give it once"]


def _rendered(
    title: str, answer: ServicePolicy, statements: dict[int, str], sound: set[int]
) -> str:
    """The policy as Markdown; what is not sound, or is nowhere, stands in the draft's words."""
    lines = [f"# {title}", "", answer.opening]
    left = dict(statements)
    for section in answer.sections:
        placed = [one for one in section.statements if left.pop(one.number, None) is not None]
        if placed:
            lines += ["", f"## {section.heading}", ""]
        for one in placed:
            lines.append(f"- {one.text if one.number in sound else statements[one.number]}")
    if left:
        lines += ["", f"## {_REST}", "", *(f"- {text}" for text in left.values())]
    return "\n".join(lines) + "\n"
