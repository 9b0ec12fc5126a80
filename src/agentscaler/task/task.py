"""`Task`: something a user wants of a domain, whose right outcome is known exactly.

A task is a list of goals.  A goal is one wish in a person's words, with the gold calls that serve
it.  What the user knows are facts; every argument of a gold call says where its value comes from.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "AnswerFact",
    "Attempt",
    "Branch",
    "Fact",
    "Fragment",
    "Goal",
    "GoldCall",
    "Manner",
    "Persona",
    "Proof",
    "Provenance",
    "Refusal",
    "SpecialKind",
    "Task",
]


class Fact(BaseModel):
    """Something that the user knows and can tell.

    Attributes:
        name: unique in the task.
        value: as a tool takes it.
        said: the value as the user says it ("Evening Support", "12 March 2026"); an agent may use
            `value` only once `said` stands in the conversation.
        label: the fact in words, as one asks for it ("the name of the contact flow").
    """

    model_config = ConfigDict(frozen=True)

    name: str
    value: Any
    said: str
    label: str


class Fragment(BaseModel):
    """A piece of a request.

    `text` is said when every fact of `facts` is told at once, `vague` when one is kept back; the
    pieces of a request follow each other with single spaces.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    facts: tuple[str, ...] = ()
    vague: str = ""


class Provenance(BaseModel):
    """Where an argument's value comes from.

    `user`: the fact called `fact`.  `tool`: the result of gold call `call` (an index) at `path`.
    `policy`: a rule of the policy fixes it.  `default`: the tool's own default.  `items`: an array,
    each item of which comes from where `items` says in its place.
    """

    model_config = ConfigDict(frozen=True)

    origin: Literal["user", "tool", "policy", "default", "items"]
    fact: str | None = None
    call: int | None = None
    path: tuple[str | int, ...] = ()
    items: tuple["Provenance", ...] = ()

    def singles(self) -> Iterator["Provenance"]:
        """Where each single value comes from: itself, or the origins of an array's items."""
        if self.origin == "items":
            for item in self.items:
                yield from item.singles()
        else:
            yield self


class GoldCall(BaseModel):
    """One call of the right solution, with its result.

    `purpose` is "goal" for the call that does what a goal asks for, "lookup" for one that only
    finds out what a later call needs.
    """

    model_config = ConfigDict(frozen=True)

    tool: str
    arguments: dict[str, Any]
    provenance: dict[str, Provenance]
    result: Any
    purpose: Literal["goal", "lookup"]
    effect: Literal["read", "write"]

    @property
    def made(self) -> tuple[str, dict[str, Any]]:
        """The call as a world takes it."""
        return self.tool, self.arguments


class AnswerFact(BaseModel):
    """Something that the agent must tell the user: one of `said` must stand in its words."""

    model_config = ConfigDict(frozen=True)

    label: str
    value: Any
    said: tuple[str, ...]


class SpecialKind(StrEnum):
    """Why a wish is one that must not be fulfilled."""

    MISSING_FACT = "missing_fact"
    """What a write needs is known neither to the user nor to any tool."""
    WRONG_FACT = "wrong_fact"
    """The user speaks of something that does not exist."""
    NO_TOOL = "no_tool"
    """No tool of the domain does what is asked for, alone or with others."""
    AGAINST_POLICY = "against_policy"
    """A rule of the domain forbids it in the present state."""


class Attempt(BaseModel):
    """A call that was tried while a task was made, and that no right solution holds."""

    model_config = ConfigDict(frozen=True)

    tool: str
    arguments: dict[str, Any]

    @property
    def made(self) -> tuple[str, dict[str, Any]]:
        """The call as a world takes it."""
        return self.tool, self.arguments


class Branch(BaseModel):
    """A fork in a wish: which way is right depends on what a read returned.

    Attributes:
        condition: what the user makes it depend on ("its status is pending").
        holds: whether that is so; gold goes the way that is right then.
        call: the gold call whose result tells, at `path`.
        other: the writes of the other way; none where that one only tells something.
    """

    model_config = ConfigDict(frozen=True)

    condition: str
    holds: bool
    call: int
    path: tuple[str | int, ...]
    other: tuple[Attempt, ...] = ()


class Refusal(BaseModel):
    """The right outcome of a wish that cannot be fulfilled: explain, and change nothing.

    Attributes:
        deed: what is asked for, to stand after "I cannot" ("delete the order 4711").
        reason: whole sentences that say why not.
        tells: what the explanation must say.
        missing: the label of the fact that is to be asked for first; "" where nothing is missing.
        attempts: calls with which one might try it anyway; each is refused, or finds nothing.
        fulfilments: calls that would be accepted and look like help: to a row or with a value that
            the user did not mean.
    """

    model_config = ConfigDict(frozen=True)

    kind: SpecialKind
    deed: str
    reason: str
    tells: tuple[AnswerFact, ...] = ()
    missing: str = ""
    attempts: tuple[Attempt, ...] = ()
    fulfilments: tuple[Attempt, ...] = ()


class Goal(BaseModel):
    """One wish.

    Attributes:
        calls: indices into the task's gold calls, in order; the last one is a goal call, and where
            the wish is for several rows, so are those before it that write.  Of a wish that cannot
            be fulfilled, the reads that show why, if there are any.
        request: the wish as a verb phrase ("change the description of the contact flow ...").
        wording: the wish once more, with every fact of `request`, in whole sentences that a model
            wrote; "" where none did.  A user who keeps something back says `request`.
        confirm: for a goal the policy wants confirmed, the question's object as a gerund phrase
            ("deleting the contact flow Evening Support"); else "".
        report: what the agent says when it is done, whole sentences, answers included.
        answers: what the report must tell.
        named: names that `confirm` uses and the user did not; an agent must have seen them first.
        branch: for a wish with an "otherwise", which way gold goes and why.
        refusal: why the wish cannot be fulfilled; None where it can.
    """

    model_config = ConfigDict(frozen=True)

    calls: tuple[int, ...]
    request: tuple[Fragment, ...]
    wording: str = ""
    confirm: str = ""
    report: str
    answers: tuple[AnswerFact, ...] = ()
    named: tuple[str, ...] = ()
    branch: Branch | None = None
    refusal: Refusal | None = None


class Proof(BaseModel):
    """What was checked by running; a task with a check that failed is not kept.

    Attributes:
        gold_passes: the gold calls, replayed, give the same results and the same final state.
        replays_elsewhere: they do so byte for byte in another process that hashes differently.
        nothing_fails: doing nothing is told apart from gold.
        dropped_writes_fail: of `writes` gold writes, how many were dropped one at a time and each
            time told apart from gold.
        mutants_fail: of `mutants` wrong ways to write, and of reads that leave out what was asked
            for, how many end elsewhere or tell something else.
        mutants_idle: how many are gold and one call more that was refused or changed nothing.
        wrong_reads_differ: of `wrong_reads`, the reads that answer a wish made with a wrong
            argument, how many tell something else.
        variants_pass: of `variants`, gold in other orders, with reads on the side or without its
            lookups, how many gave gold's results and ended where gold does.
        attempts_fail: of `attempts` to fulfil what cannot be fulfilled, how many were refused or
            found nothing, both at their place and at the end.
        fulfilments_fail: of `fulfilments`, gold with a wish fulfilled that must not be, how many
            were told apart.
    """

    model_config = ConfigDict(frozen=True)

    gold_passes: bool
    replays_elsewhere: bool = True
    nothing_fails: bool
    writes: int
    dropped_writes_fail: int
    mutants: int = 0
    mutants_fail: int = 0
    mutants_idle: int = 0
    wrong_reads: int = 0
    wrong_reads_differ: int = 0
    variants: int = 0
    variants_pass: int = 0
    attempts: int = 0
    attempts_fail: int = 0
    fulfilments: int = 0
    fulfilments_fail: int = 0

    @property
    def answers_tell(self) -> bool:
        """Whether most wrong reads tell something else: the answer cannot be had by guessing."""
        return 2 * self.wrong_reads_differ >= self.wrong_reads

    @property
    def holds(self) -> bool:
        return (
            self.gold_passes
            and self.replays_elsewhere
            and self.nothing_fails
            and self.dropped_writes_fail == self.writes
            and self.mutants_fail + self.mutants_idle == self.mutants
            and self.answers_tell
            and self.variants_pass == self.variants
            and self.attempts_fail == self.attempts
            and self.fulfilments_fail == self.fulfilments
        )


Manner = Literal["plain", "brief", "chatty", "polite", "hurried", "unsure", "explaining"]
"""How a person writes, in one word."""


class Persona(BaseModel):
    """Who a user is.

    Attributes:
        words: how the person speaks, addressed to one who plays it ("You are in a hurry ...").
        manner: what comes nearest to it among the manners that need no model.
    """

    model_config = ConfigDict(frozen=True)

    words: str
    manner: Manner


class Task(BaseModel):
    """A task with its gold solution and its proof.

    Attributes:
        id: `domain/number` ("aws-connect-contact-flow-3f2a/007").
        state: name of the initial state it plays in.
        kind: "write" when a gold call writes, else "read".
        special: why one of its wishes cannot be fulfilled; None where all can.
        intent: the whole request in the user's words, with every fact.
        persona: who the user is, where a model said so.
        makers: the models that made parts of it anew, by part (see `TaskSettings.model_parts`).
        changeset: the net change gold makes, canonical (see `world.changeset`).
        state_hash: of the final state after gold.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    domain: str
    state: str
    engine: str = "rules"
    kind: Literal["read", "write"]
    special: SpecialKind | None = None
    intent: str
    facts: tuple[Fact, ...]
    goals: tuple[Goal, ...]
    gold: tuple[GoldCall, ...]
    changeset: tuple[dict[str, Any], ...]
    state_hash: str
    proof: Proof
    persona: Persona | None = None
    makers: dict[str, str] = Field(default_factory=dict)
