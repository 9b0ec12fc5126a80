"""What is wrong with the texts that a language model wrote for one tool.

Everything that can be told by rule is: whether the sentences are plain, whether they state what the
tool requires and gives, and whether they speak of anything that the tool does not have.  That the
words describe the tool well, no rule can tell.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agentscaler.corpus.contradictions import contradiction
from agentscaler.corpus.english import listing
from agentscaler.corpus.mentions import (
    GENERIC,
    content_words,
    field_names,
    is_known,
    mentions,
    schema_texts,
)
from agentscaler.corpus.tool import ToolSpec
from agentscaler.corpus.tool_forms import DescribedTool
from agentscaler.corpus.tool_reading import ToolReading
from agentscaler.corpus.wording import plain, wording_faults
from agentscaler.words import singular

__all__ = ["LONGEST", "described", "description_faults", "same_deed"]

LONGEST = 400
"""Characters of a tool's description."""
_DOES = (10, 160)
_SENTENCE = (8, 200)
_PARAMETER = (10, 160)
_REQUIRED_NAMED = 8
"""Of more required parameters than this, so many must be named."""
_OUTPUTS_NAMED = 2
_FREE = re.compile(r"\b(?:nothing|no|none|optional|optionally|can|may|without)\b", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)*")
_CAMEL = re.compile(r"[a-z][A-Z]|_|\w\.\w")
_CLAUSE = re.compile(r"[,;:.()]| (?:about|and|as|by|for|from|in|including|of|on|or|plus|with) ")
_SUBORDINATE = re.compile(
    r"\b(?:that|which|who|whose|when|where|if|so|because|to|is|are|was|were|be|can|cannot|could|may|"
    r"might|will|would|has|have|had|does|do|did|must|should)\b.*"
)
"""What follows in a clause says something of a thing that is named already."""
_FILLER = frozenset(
    "accept actual additional allow amount applicable applies apply ask available basic case"
    " certain choose chosen contain corresponding current default desired detail different empty"
    " entry exact existing field filter first full further give given hold important include"
    " input instead integer keep kind last latest like limit limited long main matching maximum"
    " minimum narrow narrowed need new number offer old optional optionally output own pair"
    " particular pass possible precise previous proper provide range record refine related"
    " relevant request require required restrict restricted result return right second select"
    " set several short similar simple single soon sort sorted specific specified specify string"
    " suitable supply support take taken thing third unique use used usual valid various wanted"
    " way well whichever whole wish".split()
)
"""Words that sentences about inputs and outputs are made of, and that name none."""


def described(tool: ToolSpec, text: DescribedTool, rewritable: Sequence[str]) -> ToolSpec:
    """The tool with its new texts; nothing else of it changes.

    Args:
        rewritable: the parameters that get a new description.
    """
    properties = dict(tool.parameters.get("properties") or {})
    for one in text.parameters:
        if one.name in rewritable:
            properties[one.name] = {
                **properties[one.name],
                "description": plain(one.description),
            }
    sentences = [plain(text.does), plain(text.needs), plain(text.gives)]
    return tool.model_copy(
        update={
            "description": " ".join(sentence for sentence in sentences if sentence),
            "parameters": {**tool.parameters, "properties": properties},
        }
    )


def description_faults(
    tool: ToolSpec,
    text: DescribedTool,
    rewritable: Sequence[str],
    reading: ToolReading,
    others: Sequence[ToolSpec],
) -> list[str]:
    """Everything wrong with one tool's new texts, in words for whoever wrote them.

    Args:
        rewritable: the parameters that want a new description.
        others: the other tools of the batch.
    """
    does, needs, gives = plain(text.does), plain(text.needs), plain(text.gives)
    faults = [
        *_named("does", _does_faults(does, others)),
        *_named("needs", _needs_faults(tool, needs)),
        *_named("gives", _gives_faults(tool, gives)),
        *_parameter_faults(tool, text, rewritable),
    ]
    length = len(" ".join((does, needs, gives)))
    if length > LONGEST:
        faults.append(f"does, needs and gives have {length} characters together, not {LONGEST}")
    if wrong := contradiction(does, f"{needs} {gives}", reading):
        faults.append(wrong)
    said = [does, needs, gives, *(plain(one.description) for one in text.parameters)]
    faults += _strangers(tool, said, others)
    return faults


def same_deed(one: str, two: str) -> bool:
    """Whether two tools are said to do the same, in the same words."""
    return _letters(one) == _letters(two)


def _named(name: str, faults: Sequence[str]) -> Iterator[str]:
    return (f"{name} {fault}" for fault in faults)


def _does_faults(does: str, others: Sequence[ToolSpec]) -> list[str]:
    faults = wording_faults(does, *_DOES)
    if re.search(r"[.;] ", does):
        faults.append("is more than one sentence")
    first = re.findall(r"[A-Za-z]+", does)[:2]
    if first and not any(word.endswith("s") for word in first[: 1 + first[0].endswith("ly")]):
        faults.append(f"begins with {first[0]!r}, not with a verb such as Creates or Lists")
    if named := [word for word in _IDENTIFIER.findall(does) if re.match(r"[a-z]+[A-Z]|\w+_", word)]:
        faults.append(f"names {listing(named)}: say it in words")
    copied = [other.id for other in others if same_deed(does, other.description.split(". ")[0])]
    if copied:
        faults.append(f"is a sentence of {copied[0]}: say what sets this tool apart")
    return faults


def _needs_faults(tool: ToolSpec, needs: str) -> list[str]:
    faults = wording_faults(needs, *_SENTENCE)
    if not needs.startswith("Needs "):
        faults.append("does not begin with the word Needs")
    properties = tool.parameters.get("properties") or {}
    required = [name for name in tool.parameters.get("required") or () if name in properties]
    missing = [
        name
        for name in required
        if not mentions(needs, name, str(properties[name].get("description", "")))
    ]
    spared = max(len(required) - _REQUIRED_NAMED, 0)
    if len(missing) > spared:
        faults.append(f"does not state what is required: {listing(missing)}")
    if not required and not _FREE.search(needs):
        faults.append("states a need, and nothing is required: say 'Needs nothing.'")
    texts = [tool.name, tool.description, tool.service_title, tool.path or ""]
    known = content_words(" ".join([*texts, *schema_texts(tool.parameters)]))
    if invented := _ungrounded(needs, known):
        inputs = f"its inputs are {listing(list(properties))}" if properties else "it has no inputs"
        faults.append(f"speaks of {listing(invented)}, which is no input; {inputs}")
    return faults


def _gives_faults(tool: ToolSpec, gives: str) -> list[str]:
    if not gives and tool.returns is None:
        return []
    faults = wording_faults(gives, *_SENTENCE)
    if not gives.startswith("Returns "):
        faults.append("does not begin with the word Returns")
    outputs = list(dict.fromkeys(field_names(tool.returns)))
    wanted = min(_OUTPUTS_NAMED, len(outputs))
    stated = sum(mentions(gives, name) for name in outputs)
    if stated < wanted:
        shown = listing(outputs[:12])
        faults.append(f"does not state the outputs: name {wanted} or more of {shown}")
    texts = [tool.name, tool.description, tool.service_title, tool.path or ""]
    schemas = [*schema_texts(tool.parameters), *schema_texts(tool.returns)]
    if invented := _ungrounded(gives, content_words(" ".join([*texts, *schemas]))):
        faults.append(f"speaks of {listing(invented)}, which is nothing that the tool gives")
    return faults


def _parameter_faults(
    tool: ToolSpec, text: DescribedTool, rewritable: Sequence[str]
) -> Iterator[str]:
    properties: Mapping[str, Any] = tool.parameters.get("properties") or {}
    told = [one.name for one in text.parameters]
    for name in dict.fromkeys(told):
        if name not in properties:
            yield f"describes {name[:60]!r}, which is no input of the tool"
        elif told.count(name) > 1:
            yield f"describes {name!r} more than once"
    if missing := [name for name in rewritable if name not in told]:
        yield f"does not describe {listing(missing)}"
    for one in text.parameters:
        if one.name not in rewritable:
            continue
        said = plain(one.description)
        yield from _named(one.name, wording_faults(said, *_PARAMETER))
        if content_words(said) <= content_words(one.name):
            yield f"{one.name} is described with no word but its own name"


def _strangers(tool: ToolSpec, said: Sequence[str], others: Sequence[ToolSpec]) -> list[str]:
    """Names in the texts that are none of the tool's own."""
    own = {name.lower() for name in (*field_names(tool.parameters), *field_names(tool.returns))}
    schemas = [*schema_texts(tool.parameters), *schema_texts(tool.returns)]
    material = " ".join([tool.service_title, tool.description, *schemas])
    met = {word.lower() for word in _IDENTIFIER.findall(material)}
    operations = {other.name.rpartition(".")[2].lower() for other in (tool, *others)}
    names = dict.fromkeys(
        word for text in said for word in _IDENTIFIER.findall(text) if _CAMEL.search(word)
    )
    faults = []
    for name in names:
        low = name.lower()
        if low in own or singular(low) in own:
            continue
        if low in operations:
            faults.append(f"names the operation {name}: say in words what is meant")
        elif low not in met and singular(low) not in met:
            faults.append(f"names {name[:60]!r}, which is neither an input nor an output")
    return faults


def _ungrounded(sentence: str, known: frozenset[str]) -> list[str]:
    """Clauses of which no telling word is known of the tool."""
    found = []
    for clause in _CLAUSE.split(sentence):
        words = content_words(_SUBORDINATE.sub("", clause)) - GENERIC - _FILLER
        telling = [word for word in words if not word.endswith("ed")]  # "narrowed", "sorted"
        if telling and not any(is_known(word, known) for word in words):
            found.append(repr(clause.removeprefix("Needs ").removeprefix("Returns ").strip()))
    return found


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().lower()
