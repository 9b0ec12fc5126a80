"""Tools described and judged by a language model, a batch of one service in one question.

What a description says beyond doubt, the tool's schema, stays as it is: only texts change, and only
where they hold against the schema and against what the rules read from the tool.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from agentscaler.corpus.description_check import described, description_faults, same_deed
from agentscaler.corpus.quality import (
    agreed_reason,
    judgement_faults,
    most_poor,
    poor_reasons,
)
from agentscaler.corpus.tool import ToolSpec
from agentscaler.corpus.tool_brief import tool_brief, weak_parameters
from agentscaler.corpus.tool_forms import (
    AnyTools,
    DescribedAndJudgedTools,
    DescribedTool,
    DescribedTools,
    JudgedTools,
    Judgement,
)
from agentscaler.corpus.tool_reading import ReadTool, ToolReading
from agentscaler.corpus.wording import plain
from agentscaler.ledger import Rejection
from agentscaler.llm import DraftReason, Faults, Made, MakerRecord, PartMaker, Prompt

__all__ = ["CORPUS_PROMPTS", "Rewritten", "rewrite_tools"]

_FRAME = Prompt.read("agentscaler.corpus", "tools.md")
_DESCRIPTION = Prompt.read("agentscaler.corpus", "description.md")
_QUALITY = Prompt.read("agentscaler.corpus", "quality.md")


def _question(*parts: Prompt) -> Prompt:
    """One prompt of the frame and the parts that are asked for; its name is the parts'."""
    work = "\n\n".join(part.text for part in parts)
    digests = ":".join(prompt.digest for prompt in (_FRAME, *parts))
    return Prompt(
        name=" and ".join(part.name for part in parts),
        version=max(part.version for part in parts),
        text=_FRAME.fill(work=work),
        digest=hashlib.sha256(digests.encode()).hexdigest(),
    )


CORPUS_PROMPTS: Mapping[str, Prompt] = MappingProxyType(
    {"description": _question(_DESCRIPTION), "quality": _question(_QUALITY)}
)
"""What a model is told, by the part that it makes."""
_BOTH = _question(_DESCRIPTION, _QUALITY)


@dataclass(frozen=True)
class Rewritten:
    """What became of a batch.

    Attributes:
        tools: those that stay, in their order, each with its new texts or its draft.
        rejections: those turned away, with a `QualityReason`.
        records: one for each part of each tool, also of those turned away.
    """

    tools: tuple[ToolSpec, ...]
    rejections: tuple[Rejection, ...] = ()
    records: tuple[MakerRecord, ...] = ()


@dataclass(frozen=True)
class _Entry:
    """What an answer says of one tool."""

    text: DescribedTool | None = None
    judgement: Judgement | None = None


async def rewrite_tools(
    tools: Sequence[ToolSpec], maker: PartMaker, parts: Collection[str], read: ReadTool
) -> Rewritten:
    """Describes and judges the tools of one batch.

    Args:
        tools: of one service (see `tool_batches`), with ids of their own.
        parts: "description", "quality" or both.
        read: what the rules read from a tool.  New texts must leave it as it is, and may not
            contradict it.

    Raises:
        AgentScalerError: the endpoint answers nobody, or the budget is spent.
    """
    wanted = [part for part in CORPUS_PROMPTS if part in parts]
    if not wanted or not tools:
        return Rewritten(tuple(tools))
    batch = _Batch(tools, wanted, read)
    made = await maker.make(
        part="tools",
        subjects=[_subject(tool.id, part) for tool in tools for part in wanted],
        prompt=CORPUS_PROMPTS[wanted[0]] if len(wanted) == 1 else _BOTH,
        given=batch.brief(),
        form=_form(wanted),
        check=batch.faults,
    )
    return batch.settled(made)


class _Batch:
    """The tools of one question, with what the rules know of them."""

    def __init__(self, tools: Sequence[ToolSpec], parts: Sequence[str], read: ReadTool) -> None:
        self._tools = tools
        self._parts = parts
        self._read = read
        self._readings = {tool.id: read(tool) for tool in tools}
        self._weak = {tool.id: weak_parameters(tool) for tool in tools}

    def brief(self) -> dict[str, object]:
        """The data of the question."""
        told = [tool_brief(tool, self._readings[tool.id].effect) for tool in self._tools]
        if "description" not in self._parts:
            told = [{k: v for k, v in one.items() if k != "to_describe"} for one in told]
        return {"service": self._tools[0].service_title, "tools": told}

    def faults(self, answer: AnyTools) -> Faults:
        """What is wrong with an answer, by tool and part."""
        entries = _entries(answer)
        ids = [one.id for one in answer.tools]
        asked = {tool.id for tool in self._tools}
        faults: dict[str, list[str]] = {}
        if strange := [one for one in dict.fromkeys(ids) if one not in asked]:
            faults[""] = [f"{one[:80]!r} is none of the tools" for one in strange[:4]]
        for tool in self._tools:
            for part in self._parts:
                if ids.count(tool.id) != 1:
                    found = ["is not in the answer" if tool.id not in ids else "is there twice"]
                elif part == "description":
                    found = self._description_faults(tool, entries)
                else:
                    found = self._quality_faults(tool, entries)
                faults[_subject(tool.id, part)] = found
        return faults

    def settled(self, made: Made[AnyTools]) -> Rewritten:
        """The batch as far as the answer could be used."""
        entries = _entries(made.answer) if made.answer is not None else {}
        records = {record.subject: record for record in made.records}
        kept: list[ToolSpec] = []
        rejections: list[Rejection] = []
        told: list[MakerRecord] = []
        for tool in self._tools:
            entry, rejection = entries.get(tool.id, _Entry()), None
            new = tool
            for part in self._parts:
                subject = _subject(tool.id, part)
                record = _record(records[subject], tool.id, part)
                if subject in made.sound and part == "description" and entry.text:
                    new = described(tool, entry.text, self._weak[tool.id])
                elif subject in made.sound and part == "quality" and entry.judgement:
                    reading = self._readings[tool.id]
                    rejection, record = _verdict(tool, entry.judgement, reading, record)
                told.append(record)
            if rejection is None:
                kept.append(new)
            else:
                rejections.append(rejection)
        return Rewritten(tuple(kept), tuple(rejections), tuple(told))

    def _description_faults(self, tool: ToolSpec, entries: Mapping[str, _Entry]) -> list[str]:
        text = entries[tool.id].text
        if text is None:
            return ["is not described"]
        weak, reading = self._weak[tool.id], self._readings[tool.id]
        others = [other for other in self._tools if other.id != tool.id]
        found = description_faults(tool, text, weak, reading, others)
        for other, entry in entries.items():
            if other != tool.id and entry.text and same_deed(entry.text.does, text.does):
                found.append(f"does says the same as that of {other}: say what sets it apart")
        if not found and self._read(described(tool, text, weak)) != reading:
            found.append("changes what the tool is taken for: stay closer to the description given")
        return found

    def _quality_faults(self, tool: ToolSpec, entries: Mapping[str, _Entry]) -> list[str]:
        judgement = entries[tool.id].judgement
        if judgement is None:
            return ["is not judged"]
        found = judgement_faults(tool, judgement)
        poor = [
            other
            for other, entry in entries.items()
            if entry.judgement and poor_reasons(entry.judgement)
        ]
        most = most_poor(len(self._tools))
        if len(poor) > most:
            found.append(
                f"{len(poor)} of {len(self._tools)} tools are called poor; call none poor but the"
                f" {most} poorest at most"
            )
        return found


def _form(parts: Sequence[str]) -> type[AnyTools]:
    """The form of an answer about these parts."""
    if len(parts) > 1:
        return DescribedAndJudgedTools
    return DescribedTools if "description" in parts else JudgedTools


def _entries(answer: AnyTools) -> dict[str, _Entry]:
    """What an answer says, by tool; of a tool that is there twice, what is said last."""
    return {
        one.id: _Entry(
            one if isinstance(one, DescribedTool) else None,
            getattr(one, "judgement", None),
        )
        for one in answer.tools
    }


def _subject(identity: str, part: str) -> str:
    return f"{identity}/{part}"


def _record(record: MakerRecord, identity: str, part: str) -> MakerRecord:
    """A record of a question about two parts, as the record of one of them."""
    prompt = _DESCRIPTION if part == "description" else _QUALITY
    named = f"{prompt.name} {prompt.version}"
    return record.model_copy(update={"subject": identity, "part": part, "prompt": named})


def _verdict(
    tool: ToolSpec, judgement: Judgement, reading: ToolReading, record: MakerRecord
) -> tuple[Rejection | None, MakerRecord]:
    """Whether a judged tool is turned away, and the record of that."""
    poor = poor_reasons(judgement)
    if not poor:
        return None, record
    said = plain(judgement.reason)
    reason = agreed_reason(tool, judgement, reading)
    if reason is not None:
        return Rejection(stage="pool", id=tool.id, reason=reason, detail=said), record
    detail = f"called {', '.join(poor)} ({said}), and no rule finds a ground for it"
    kept = {"maker": "rules", "reason": DraftReason.UNSOUND, "detail": detail}
    return None, record.model_copy(update=kept)
