"""`render`: an example as text and tokens, with a flag a token: is the loss taken on it?

The loss is the paper's (arXiv 2509.13311, see `dataset.messages`): only what the agent writes
itself counts, its words, its thinking, its calls and the token with which it ends its turn; never a
header, nor what anybody else says.  A message that is not to be learned, such as a mistake, is
context.

What is the agent's own is found in one of two ways.  A template with `{% generation %}` markers
says it.  Of any other it is derived: inference renders the messages so far with a generation
prompt, and what training has more, up to the end of the turn, is what a model writes there.  In
both cases the result is held against what the rendered text alone says (`derivation`), token by
token.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from agentscaler.dataset import Example
from agentscaler.training.conversation import Conversation, converse
from agentscaler.training.derivation import first_difference
from agentscaler.training.families import Span
from agentscaler.training.refusal import Refusal, TemplateRefusedError
from agentscaler.training.template import ChatTemplate
from agentscaler.training.tokenizer import Tokenizer

__all__ = [
    "NOT_LEARNED",
    "Rendered",
    "Segment",
    "Turn",
    "conversation_of",
    "render",
    "spans_by_inference",
]

NOT_LEARNED = -100
"""The label of a token on which no loss is taken, as torch's cross entropy has it."""


@dataclass(frozen=True)
class Turn:
    """One turn of the agent in a rendered text.

    Attributes:
        message: its place among the example's messages.
        begin, end: of what the agent writes itself, in characters, with its end-of-turn token.
        learned: whether the loss is taken on it.
    """

    message: int
    begin: int
    end: int
    learned: bool


@dataclass(frozen=True)
class Segment:
    """A stretch of a rendered text: one turn of the agent, or what stands between two.

    Attributes:
        begin, end: in characters.
        first, last: of its tokens; `last` is the first token behind it.
        turn: None where it is not the agent's.
    """

    begin: int
    end: int
    first: int
    last: int
    turn: Turn | None


@dataclass(frozen=True)
class Rendered:
    """An example as a model sees it.

    Attributes:
        id: the example's.
        text: as the template renders it.
        ids: the tokens of the text.
        spans: where each token stands in the text, in characters.
        mask: one flag a token: True where the loss is taken.
        turns: of the agent, in order.
    """

    id: str
    text: str
    ids: tuple[int, ...]
    spans: tuple[Span, ...]
    mask: tuple[bool, ...]
    turns: tuple[Turn, ...]

    @property
    def labels(self) -> list[int]:
        """The ids where the loss is taken, `NOT_LEARNED` elsewhere; not shifted."""
        pairs = zip(self.ids, self.mask, strict=True)
        return [one if learned else NOT_LEARNED for one, learned in pairs]

    @property
    def learned(self) -> int:
        """How many tokens the loss is taken on."""
        return sum(self.mask)

    def segments(self) -> list[Segment]:
        """The whole text in order, cut at the edges of the agent's turns."""
        edges: list[tuple[int, Turn | None]] = []
        for turn in self.turns:
            edges += [(turn.begin, None), (turn.end, turn)]
        edges.append((len(self.text), None))
        segments: list[Segment] = []
        place = token = 0
        for end, owner in edges:
            last = token
            while last < len(self.spans) and self.spans[last][1] <= end:
                last += 1
            if end > place:
                segments.append(Segment(place, end, token, last, owner))
            place, token = end, last
        return segments


def render(example: Example, template: ChatTemplate, tokenizer: Tokenizer) -> Rendered:
    """An example as text and tokens with their mask.

    Raises:
        TemplateRefusedError: the template cannot be run, its mask cannot be had or is not what the
            text says, or a token is only partly the agent's own.
        MissingExtraError: jinja2 is not installed.
    """
    conversation = conversation_of(example, template, tokenizer)
    text, marked = template.render(
        conversation.messages, conversation.tools, special_tokens=tokenizer.special_tokens
    )
    if marked:
        own = [_without_blanks_at_the_end(text, span) for span in marked]
    else:
        own = spans_by_inference(conversation, text, template, tokenizer)
    places = conversation.turns
    if len(own) != len(places):
        raise TemplateRefusedError(
            Refusal.NO_MASK if not own else Refusal.NOT_AS_DERIVED,
            template.name,
            f"{example.id} has {len(places)} turns of the agent, and its mask {len(own)}",
        )
    turns = tuple(
        Turn(place, begin, end, conversation.learned[place])
        for place, (begin, end) in zip(places, own, strict=True)
    )
    encoding = tokenizer.encode(text)
    mask = _flags(turns, encoding.spans, template, text)
    made = Rendered(example.id, text, encoding.ids, encoding.spans, mask, turns)
    _compare(made, conversation, template, tokenizer, own_is_marked=bool(marked))
    return made


def conversation_of(example: Example, template: ChatTemplate, tokenizer: Tokenizer) -> Conversation:
    """The example without control tokens of the template's family or of the tokenizer."""
    family = template.family
    return converse(example, {*(family.controls if family else ()), *tokenizer.control_tokens})


def spans_by_inference(
    conversation: Conversation, text: str, template: ChatTemplate, tokenizer: Tokenizer
) -> list[Span]:
    """What the agent writes itself: what stands in `text` after each generation prompt.

    Raises:
        TemplateRefusedError: inference renders another text before some turn of the agent.
    """
    spans: list[Span] = []
    for place in conversation.turns:
        prompt, _ = template.render(
            conversation.messages[:place],
            conversation.tools,
            add_generation_prompt=True,
            special_tokens=tokenizer.special_tokens,
        )
        so_far, _ = template.render(
            conversation.messages[: place + 1],
            conversation.tools,
            special_tokens=tokenizer.special_tokens,
        )
        if not text.startswith(prompt) or not so_far.startswith(prompt):
            raise TemplateRefusedError(
                Refusal.NOT_AS_IN_INFERENCE,
                template.name,
                _parting(conversation, place, text, prompt),
            )
        span = _without_blanks_at_the_end(so_far, (len(prompt), len(so_far)))
        if text[span[0] : span[1]] != so_far[span[0] :][: span[1] - span[0]]:
            raise TemplateRefusedError(
                Refusal.NOT_AS_IN_INFERENCE,
                template.name,
                _parting(conversation, place, text, so_far),
            )
        spans.append(span)
    return spans


def _parting(conversation: Conversation, place: int, text: str, other: str) -> str:
    pairs = enumerate(zip(text, other, strict=False))
    at = next((n for n, (one, two) in pairs if one != two), min(len(text), len(other)))
    return (
        f"in {conversation.id}, up to message {place + 1}, training has "
        f"{text[at : at + 40]!r} where inference has {other[at : at + 40]!r}"
    )


def _without_blanks_at_the_end(text: str, span: Span) -> Span:
    """Line breaks that a template puts after an end-of-turn token are no part of the turn."""
    begin, end = span
    return begin, begin + len(text[begin:end].rstrip())


def _flags(
    turns: Sequence[Turn], tokens: Sequence[Span], template: ChatTemplate, text: str
) -> tuple[bool, ...]:
    """One flag a token; turns and tokens are both in order."""
    flags = [False] * len(tokens)
    token = 0
    for turn in turns:
        while token < len(tokens) and tokens[token][1] <= turn.begin:
            token += 1
        while token < len(tokens) and tokens[token][0] < turn.end:
            begin, end = tokens[token]
            if begin < turn.begin or end > turn.end:
                raise TemplateRefusedError(
                    Refusal.STRADDLING_TOKEN,
                    template.name,
                    f"the token {text[begin:end]!r} stands across the edge of a turn of the agent",
                )
            flags[token] = turn.learned
            token += 1
    return tuple(flags)


def _compare(
    made: Rendered,
    conversation: Conversation,
    template: ChatTemplate,
    tokenizer: Tokenizer,
    *,
    own_is_marked: bool,
) -> None:
    """Holds the mask against a second one, made in another way."""
    if any(turn.learned for turn in made.turns) and not made.learned:
        raise TemplateRefusedError(
            Refusal.EMPTY_MASK, template.name, f"in {made.id} no token is learned"
        )
    if template.family is not None:
        spans = template.family.own_spans(made.text)
    elif own_is_marked:
        spans = spans_by_inference(conversation, made.text, template, tokenizer)
    else:
        raise TemplateRefusedError(
            Refusal.NO_MASK,
            template.name,
            "it has no generation markers and is of no family whose text can be read",
        )
    learned = [conversation.learned[place] for place in conversation.turns]
    if told := first_difference(made.text, made.spans, made.mask, spans, learned):
        raise TemplateRefusedError(Refusal.NOT_AS_DERIVED, template.name, f"in {made.id}, {told}")
