"""Proofs: a task is kept only if running it shows that right and wrong can be told apart.

Gold is played again from the initial state, and in another process whose Python hashes differently.
What comes near it without being right (see `task.mutants`) must end elsewhere, or a read of it must
tell something else.  What is as right as gold must end where gold does, with the same results: gold
in other orders (see `task.order`), with reads on the side, and without the lookups.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from agentscaler.domain.domain import Domain
from agentscaler.domain.worlds import Worlds
from agentscaler.task.answers import tells_the_same
from agentscaler.task.histories import Call, Histories, Played
from agentscaler.task.mutants import Mutant, MutantKind, MutantMaker
from agentscaler.task.order import reorderings
from agentscaler.task.special_proof import prove_special
from agentscaler.task.target import Target
from agentscaler.task.task import Goal, GoldCall, Proof, Task
from agentscaler.world.jailed import JailedToolbox
from agentscaler.world.replay import Replay, one_worker

__all__ = ["Prover", "WrongCall", "prove"]

_ORDERS = 4
_SIDE_READS = 3
_STREWN = 2
_NO_PROOF = Proof(gold_passes=False, nothing_fails=False, writes=0, dropped_writes_fail=0)
"""Of gold that does not come to what the walk came to: nothing else has to be tried."""


@dataclass(frozen=True)
class WrongCall:
    """A wrong call of gold, and how it can be told from the right one.

    Attributes:
        fate: "fails" if it ends elsewhere or tells something else; "idle" if it is one call more
            than gold has and does nothing at all; "passes" if nothing tells it apart.
    """

    kind: MutantKind
    effect: str
    fate: str


def prove(
    domain: Domain,
    state: str,
    gold: Sequence[GoldCall],
    goals: Sequence[Goal],
    state_hash: str,
    earlier: Iterable[Task] = (),
) -> Proof:
    """Proves one task; see `Prover.prove`."""
    return Prover(domain).prove(state, gold, goals, state_hash, earlier)


class Prover:
    """Proves tasks of one domain, in one world a state, which is fresh for each task."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.mutants = MutantMaker(domain)
        tools = domain.tools
        confined = isinstance(tools, JailedToolbox)
        self._replay = Replay(tools, domain.manifest.now, one_worker(confined=confined))
        self._worlds = Worlds(domain)

    def target(self, state: str, gold: Sequence[GoldCall]) -> Target:
        """Where gold ends, played in a fresh world; good until the next is asked for."""
        histories = Histories(self.domain, self._worlds.fresh(state))
        return Target(histories, [call.made for call in gold])

    def close(self) -> None:
        """Frees the worlds."""
        self._worlds.close()
        self.mutants.close()

    def prove(
        self,
        state: str,
        gold: Sequence[GoldCall],
        goals: Sequence[Goal],
        state_hash: str,
        earlier: Iterable[Task] = (),
    ) -> Proof:
        """Runs gold from the initial state, and its neighbours.

        Args:
            state_hash: of the final state that the walk reached.
            earlier: tasks of this domain that there are already; what they do must not count as
                doing this one.
        """
        target = self.target(state, gold)
        played = target.played
        if played.state_hash != state_hash or list(played.results) != [
            call.result for call in gold
        ]:
            return _NO_PROOF
        others = [task for task in earlier if task.state == state]
        wrong = [
            *self.wrong_writes(state, gold, others, target),
            *_wrong_branches(gold, goals, target),
        ]
        dropped = [one for one in wrong if one.kind is MutantKind.DROPPED]
        reads = list(self.wrong_reads(state, gold, goals, target.histories))
        left_out = [one for one in reads if one.kind is MutantKind.ABSENT]
        changed = [one for one in wrong if one.kind is not MutantKind.DROPPED] + left_out
        reads = [one for one in reads if one.kind is not MutantKind.ABSENT]
        variants = list(self._variants(gold, target))
        proof = Proof(
            gold_passes=True,
            replays_elsewhere=self._replays_elsewhere(state, gold, played),
            nothing_fails=not target.is_reached(target.histories.start)
            or any(goal.answers or goal.refusal is not None for goal in goals),
            writes=len(dropped),
            dropped_writes_fail=_count(dropped, "fails"),
            mutants=len(changed),
            mutants_fail=_count(changed, "fails"),
            mutants_idle=_count(changed, "idle"),
            wrong_reads=len(reads),
            wrong_reads_differ=_count(reads, "fails"),
            variants=len(variants),
            variants_pass=sum(variants),
        )
        return prove_special(target, self.domain, gold, goals, proof)

    def wrong_writes(
        self,
        state: str,
        gold: Sequence[GoldCall],
        others: Sequence[Task],
        target: Target,
    ) -> Iterator[WrongCall]:
        """The fates of gold's writes done wrong, and of what other tasks do in their place."""
        foreign = [write for task in others for write in _writes(task.gold)]
        right = _writes(gold)
        for mutant in self.mutants.of_writes(state, gold, foreign):
            yield WrongCall(mutant.kind, "write", _fate(target, mutant))
        for task in others:
            if right and _writes(task.gold) != right:
                fate = "fails" if task.state_hash != target.played.state_hash else "passes"
                yield WrongCall(MutantKind.FOREIGN, "write", fate)

    def wrong_reads(
        self,
        state: str,
        gold: Sequence[GoldCall],
        goals: Sequence[Goal],
        histories: Histories,
    ) -> Iterator[WrongCall]:
        """The fates of reads that answer a wish, made in their places with wrong arguments."""
        asked = {goal.calls[-1]: goal.answers for goal in goals if goal.calls and goal.answers}
        place = histories.start
        for index, call in enumerate(gold):
            if call.effect == "write":
                place = histories.step(place, call.made).after
            elif index in asked:
                for kind, wrong in self.mutants.of_call(state, call.tool, call.arguments):
                    value = histories.step(place, wrong).value
                    same = value is not None and tells_the_same(call.result, value, asked[index])
                    yield WrongCall(kind, "read", "passes" if same else "fails")

    def _replays_elsewhere(self, state: str, gold: Sequence[GoldCall], played: Played) -> bool:
        calls = [call.made for call in gold]
        outcomes = [("done", result) for result in played.results]
        image = self.domain.states[state]
        return self._replay.difference(image, calls, outcomes, played.changes) is None

    def _variants(self, gold: Sequence[GoldCall], target: Target) -> Iterator[bool]:
        """Whether each way that is as right as gold gives gold's results and ends where it does."""
        calls = [call.made for call in gold]
        rng = random.Random(len(gold))
        own = list(range(len(gold)))
        for order in reorderings(target.histories, gold, target.played.prints, _ORDERS):
            yield _comes_to(target, [(calls[index], index) for index in order])
        for _ in range(_STREWN):
            strewn: list[tuple[Call, int | None]] = [(calls[index], index) for index in own]
            for read in self._side_reads(gold, rng):
                strewn.insert(rng.randint(0, len(strewn)), (read, None))
            yield _comes_to(target, strewn)
        if any(isinstance(value, list) for call in gold for value in call.arguments.values()):
            turned = [(_turned(call), index) for index, call in enumerate(calls)]
            yield _comes_to(target, turned)
        if any(call.effect == "read" for call in gold):
            writes = [index for index in own if gold[index].effect == "write"]
            yield _comes_to(target, [(calls[index], index) for index in writes])

    def _side_reads(self, gold: Sequence[GoldCall], rng: random.Random) -> list[Call]:
        """Reads that gold could do without: its own once more, and some that it never makes."""
        reads = [call.made for call in gold if call.effect == "read"]
        for tool in self.domain.manifest.tools:
            if tool.effect == "read" and not tool.parameters["required"]:
                reads.append((tool.name, {}))
        return rng.sample(reads, min(_SIDE_READS, len(reads)))


def _wrong_branches(
    gold: Sequence[GoldCall], goals: Sequence[Goal], target: Target
) -> Iterator[WrongCall]:
    """The fates of what a wish wants otherwise, done in place of what is right.

    A tool that refuses it has told it apart as well.
    """
    histories = target.histories
    for goal in goals:
        if goal.branch is None or not goal.branch.other:
            continue
        place = histories.after(histories.start, _writes(gold[: goal.calls[0]]))
        for call in goal.branch.other:
            step = histories.step(place, call.made) if place is not None else None
            place = step.after if step is not None and step.value is not None else None
        if place is not None:
            place = histories.after(place, _writes(gold[goal.calls[-1] + 1 :]))
        yield WrongCall(
            MutantKind.BRANCH, "write", "passes" if target.is_reached(place) else "fails"
        )


def _fate(target: Target, mutant: Mutant) -> str:
    """Whether a mutant fails, is idle, or passes."""
    histories = target.histories
    before = histories.after(histories.start, mutant.head)
    after = histories.after(before, mutant.wrong) if before is not None else None
    end = histories.after(after, mutant.tail) if after is not None else None
    if before is None or after is None or not target.is_reached(end):
        return "fails"
    idle = mutant.is_surplus and histories.changes(before) == histories.changes(after)
    return "idle" if idle else "passes"


def _comes_to(target: Target, calls: Sequence[tuple[Call, int | None]]) -> bool:
    """Whether calls, some of them gold's by index, give gold's results and end where it does."""
    place = target.histories.start
    for call, index in calls:
        step = target.histories.step(place, call)
        if step.broke or (index is not None and step.value != target.played.results[index]):
            return False
        place = step.after
    return target.is_reached(place)


def _turned(call: Call) -> Call:
    """A call with its arrays the other way round."""
    tool, arguments = call
    return tool, {
        name: value[::-1] if isinstance(value, list) else value for name, value in arguments.items()
    }


def _count(wrong: Sequence[WrongCall], fate: str) -> int:
    return sum(one.fate == fate for one in wrong)


def _writes(gold: Sequence[GoldCall]) -> list[Call]:
    return [call.made for call in gold if call.effect == "write"]
