"""Proofs: a task is kept only if running it shows that right and wrong can be told apart.

Gold is played again in a fresh world, and in another process whose Python hashes differently.  What
comes near it without being right (see `task.mutants`) must end elsewhere, or a read of it must tell
something else.  What is as right as gold must end where gold does, with the same results: gold in
other orders (see `task.order`), with reads on the side, and without the lookups.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from agentscaler.domain.domain import Domain
from agentscaler.task.answers import tells_the_same
from agentscaler.task.mutants import Mutant, MutantKind, MutantMaker
from agentscaler.task.order import reorderings
from agentscaler.task.playing import Call, Played, calls_of, ends, play, play_all
from agentscaler.task.special_proof import prove_special
from agentscaler.task.task import Goal, GoldCall, Proof, Task
from agentscaler.world.jailed import JailedToolbox
from agentscaler.world.replay import Replay, one_worker

__all__ = ["Prover", "WrongCall", "prove"]

_ORDERS = 4
_SIDE_READS = 3
_STREWN = 2


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
    """Proves tasks of one domain."""

    def __init__(self, domain: Domain) -> None:
        self.domain = domain
        self.mutants = MutantMaker(domain)
        tools = domain.tools
        confined = isinstance(tools, JailedToolbox)
        self._replay = Replay(tools, domain.manifest.now, one_worker(confined=confined))

    def prove(
        self,
        state: str,
        gold: Sequence[GoldCall],
        goals: Sequence[Goal],
        state_hash: str,
        earlier: Iterable[Task] = (),
    ) -> Proof:
        """Runs gold and its neighbours in fresh worlds.

        Args:
            state_hash: of the final state that the walk reached.
            earlier: tasks of this domain that there are already; what they do must not count as
                doing this one.
        """
        calls = calls_of(gold)
        played = play(self.domain, state, calls)
        passes = played.state_hash == state_hash and list(played.results) == [
            call.result for call in gold
        ]
        others = [task for task in earlier if task.state == state]
        wrong = [
            *self.wrong_writes(state, gold, state_hash, others),
            *self.wrong_branches(state, gold, goals, state_hash),
        ]
        dropped = [one for one in wrong if one.kind is MutantKind.DROPPED]
        reads = list(self.wrong_reads(state, gold, goals))
        left_out = [one for one in reads if one.kind is MutantKind.ABSENT]
        changed = [one for one in wrong if one.kind is not MutantKind.DROPPED] + left_out
        reads = [one for one in reads if one.kind is not MutantKind.ABSENT]
        variants = list(self._variants(state, gold, played))
        proof = Proof(
            gold_passes=passes,
            replays_elsewhere=passes and self._replays_elsewhere(state, calls, played),
            nothing_fails=ends(self.domain, state, ()) != state_hash
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
        return prove_special(self.domain, state, gold, goals, state_hash, proof)

    def wrong_writes(
        self, state: str, gold: Sequence[GoldCall], state_hash: str, others: Sequence[Task]
    ) -> Iterator[WrongCall]:
        """The fates of gold's writes done wrong, and of what other tasks do in their place."""
        foreign = [write for task in others for write in _writes(task.gold)]
        right = _writes(gold)
        for mutant in self.mutants.of_writes(state, gold, foreign):
            yield WrongCall(mutant.kind, "write", self._fate(state, mutant, state_hash))
        for task in others:
            if right and _writes(task.gold) != right:
                fate = "fails" if task.state_hash != state_hash else "passes"
                yield WrongCall(MutantKind.FOREIGN, "write", fate)

    def wrong_branches(
        self, state: str, gold: Sequence[GoldCall], goals: Sequence[Goal], state_hash: str
    ) -> Iterator[WrongCall]:
        """The fates of what a wish wants otherwise, done in place of what is right.

        A tool that refuses it has told it apart as well.
        """
        for goal in goals:
            if goal.branch is None or not goal.branch.other:
                continue
            own = range(goal.calls[0], goal.calls[-1] + 1)
            other = [(call.tool, call.arguments) for call in goal.branch.other]
            with self.domain.world(state) as world:
                play_all(world, _writes(gold[: own.start]))
                results = play_all(world, other)
                refused = results is None or None in results
                broke = play_all(world, _writes(gold[own.stop :])) is None
                apart = refused or broke or world.state_hash() != state_hash
            yield WrongCall(MutantKind.BRANCH, "write", "fails" if apart else "passes")

    def wrong_reads(
        self, state: str, gold: Sequence[GoldCall], goals: Sequence[Goal]
    ) -> Iterator[WrongCall]:
        """The fates of reads that answer a wish, made with wrong arguments.

        A read leaves nothing behind, so all of them can be made in one world.
        """
        asked = {goal.calls[-1]: goal.answers for goal in goals if goal.calls and goal.answers}
        if not any(gold[index].effect == "read" for index in asked):
            return
        with self.domain.world(state) as world:
            for index, call in enumerate(gold):
                if call.effect == "write":
                    play_all(world, [(call.tool, call.arguments)])
                elif index in asked:
                    for kind, wrong in self.mutants.of_call(state, call.tool, call.arguments):
                        results = play_all(world, [wrong])
                        value = results[0] if results else None
                        same = value is not None and tells_the_same(
                            call.result, value, asked[index]
                        )
                        yield WrongCall(kind, "read", "passes" if same else "fails")

    def _fate(self, state: str, mutant: Mutant, state_hash: str) -> str:
        with self.domain.world(state) as world:
            play_all(world, mutant.head)
            before = world.changeset() if mutant.is_surplus else None
            broke = play_all(world, mutant.wrong) is None
            idle = before is not None and world.changeset() == before
            broke = play_all(world, mutant.tail) is None or broke
            if broke or world.state_hash() != state_hash:
                return "fails"
            return "idle" if idle else "passes"

    def _replays_elsewhere(self, state: str, calls: Sequence[Call], played: Played) -> bool:
        outcomes = [("done", result) for result in played.results]
        image = self.domain.states[state]
        return self._replay.difference(image, calls, outcomes, played.changes) is None

    def _variants(self, state: str, gold: Sequence[GoldCall], played: Played) -> Iterator[bool]:
        """Whether each way that is as right as gold gives gold's results and ends where it does."""
        if played.broke:
            return
        calls = calls_of(gold)
        rng = random.Random(len(gold))
        own = list(range(len(gold)))
        for order in reorderings(self.domain, state, gold, played.prints, _ORDERS):
            yield self._comes_to(state, [(calls[index], index) for index in order], played)
        for _ in range(_STREWN):
            strewn: list[tuple[Call, int | None]] = [(calls[index], index) for index in own]
            for read in self._side_reads(state, gold, rng):
                strewn.insert(rng.randint(0, len(strewn)), (read, None))
            yield self._comes_to(state, strewn, played)
        if any(isinstance(value, list) for call in gold for value in call.arguments.values()):
            turned = [(_turned(call), index) for index, call in enumerate(calls)]
            yield self._comes_to(state, turned, played)
        if any(call.effect == "read" for call in gold):
            writes = [index for index in own if gold[index].effect == "write"]
            yield self._comes_to(state, [(calls[index], index) for index in writes], played)

    def _comes_to(
        self, state: str, calls: Sequence[tuple[Call, int | None]], played: Played
    ) -> bool:
        with self.domain.world(state) as world:
            results = play_all(world, [call for call, _ in calls])
            if results is None or world.state_hash() != played.state_hash:
                return False
        return all(
            index is None or result == played.results[index]
            for result, (_, index) in zip(results, calls, strict=True)
        )

    def _side_reads(self, state: str, gold: Sequence[GoldCall], rng: random.Random) -> list[Call]:
        """Reads that gold could do without: its own once more, and some that it never makes."""
        reads = [(call.tool, call.arguments) for call in gold if call.effect == "read"]
        for tool in self.domain.manifest.tools:
            if tool.effect == "read" and not tool.parameters["required"]:
                reads.append((tool.name, {}))
        return rng.sample(reads, min(_SIDE_READS, len(reads)))


def _turned(call: Call) -> Call:
    """A call with its arrays the other way round."""
    tool, arguments = call
    return tool, {
        name: value[::-1] if isinstance(value, list) else value for name, value in arguments.items()
    }


def _count(wrong: Sequence[WrongCall], fate: str) -> int:
    return sum(one.fate == fate for one in wrong)


def _writes(gold: Sequence[GoldCall]) -> list[Call]:
    return [(call.tool, call.arguments) for call in gold if call.effect == "write"]
