"""`certify`: tries every tool of a domain on every state, and says what held.

Random sequences of calls are made on worlds.  Beside each world a model (`world.model`) follows it
by the tools' contracts; each call is drawn from the model's state and its outcome held against the
model.  Then each sequence is played again in two worker processes with different hash seeds.
Compiled tools run in this process; those of a `JailedToolbox` in jailed workers only.  The same
tools, states and seed give the same certificate.
"""

import random
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import orjson

from agentscaler.domain.certificate import Certificate, Check, ToolFailure
from agentscaler.domain.rule import Rule
from agentscaler.domain.tally import Tally
from agentscaler.domain.trying import Trying
from agentscaler.errors import WorldError
from agentscaler.world.drawing import Drawing
from agentscaler.world.jailed import JailedToolbox, JailedWorld
from agentscaler.world.model import Model, ModelError
from agentscaler.world.replay import Replay
from agentscaler.world.stirring import stirred
from agentscaler.world.toolbox import Toolbox
from agentscaler.world.trials import Manner, ToolTrial, manner_of
from agentscaler.world.world import World

__all__ = ["certify"]

SEQUENCE = 100
"""Calls made on one world before the next starts afresh."""

EXTRA_TRIALS = 30
"""Further tries for a tool that has not yet done what it is for."""

_DELAYS = 3
"""How often a call is put off to a fresh world, where more rows are left."""

_PUT_OFF = 8
"""So many calls put off end a sequence: its world is used up."""

_ASIDE = 10
"""Of so many trials, one is made of tools that are not looked at, so that the state moves."""


def certify(
    tools: Toolbox | JailedToolbox,
    states: Mapping[str, bytes],
    now: str,
    trials_of: Sequence[ToolTrial],
    *,
    rules: Sequence[Rule] = (),
    trials: int = 200,
    seed: str | int = 0,
    stir: bool = False,
    focus: Collection[str] | None = None,
) -> tuple[Certificate, list[ToolFailure]]:
    """Try every tool on every state.

    Args:
        tools: compiled ones run in this process, jailed ones in jailed workers only.
        states: images by name.
        now: the clock of the worlds.
        trials_of: one for each tool.
        rules: the business rules that must hold of every state.
        trials: calls a tool, spread over the states.
        stir: make half of the calls on states in which records belong to others, which shows what
            a tidy state cannot; for tools that take nothing for granted but `rules`.
        focus: look for a failure of these tools, stop at the first, and try others only now and
            then; all are looked at by default, to the end.

    Returns the certificate, and the failures with at most one a tool and check; the certificate
    `holds` where there are none.

    Raises:
        GuardError: the allow-list refuses the source of jailed tools.
        JailError: this machine cannot confine them.
    """
    certifying = _Certifying(tools, now, trials_of, rules, stir=stir, focus=focus)
    for position, (name, image) in enumerate(sorted(states.items())):
        share = range(position, trials, len(states))
        certifying.try_state(name, image, share, random.Random(f"{seed}/{name}"))
    tally = certifying.tally
    if focus is None:
        tally.conclude(tools.definitions)
    elif not tally.failures:
        tally.conclude([name for name in tools.definitions if name in focus])
    return tally.certificate(str(seed), tuple(sorted(states))), tally.failures


@dataclass(frozen=True)
class _Planned:
    """A call to be drawn and made."""

    tool: str
    manner: Manner
    number: int
    delays: int = 0
    """How often it was put off for want of a row that fits."""


class _Certifying:
    """One certificate in the making."""

    def __init__(
        self,
        tools: Toolbox | JailedToolbox,
        now: str,
        trials: Sequence[ToolTrial],
        rules: Sequence[Rule],
        *,
        stir: bool,
        focus: Collection[str] | None,
    ) -> None:
        self.tally = Tally(tools.definitions)
        self._tools = tools
        self._now = now
        self._drawings = {
            trial.tool: Drawing(trial, tools.definitions[trial.tool]) for trial in trials
        }
        self._trials = {trial.tool: trial for trial in trials}
        self._rules = {rule.id: rule.broken for rule in rules if rule.broken}
        self._stir = stir
        self._focus = focus
        self._replay = Replay(tools, now)

    def try_state(self, name: str, image: bytes, share: range, rng: random.Random) -> None:
        """Calls on worlds that start from one state.

        Args:
            share: numbers of each tool's trials.
        """
        half = (len(share) + 1) // 2 if self._stir else len(share)
        self._try_image(name, image, share[:half], rng)
        if self._stir and not self._is_over:
            self._try_image(name, self._stirred(image, rng), share[half:], rng)

    def _stirred(self, image: bytes, rng: random.Random) -> bytes:
        try:
            return stirred(image, self._rules, rng)
        except ModelError as error:
            self.tally.fails(Check.CONTRACT_RUNS, "", str(error))
            return image

    def _try_image(self, name: str, image: bytes, share: range, rng: random.Random) -> None:
        plan = [
            _Planned(tool, manner_of(number), number)
            for tool in self._trials
            for number in (share if self._is_looked_at(tool) else share[::_ASIDE])
        ]
        rng.shuffle(plan)
        left = deque(plan)
        with (
            self._open(image) as start,
            Model(image, self._tools.definitions.values(), now=self._now) as model,
        ):
            self._look_at_the_start(name, model)
            while left and not self._is_over:
                self._try_sequence(image, start, model, left, rng)
            for tool in self._trials:
                if not self._is_over and self._is_looked_at(tool):
                    self._try_harder(image, start, model, tool, rng)

    @property
    def _is_over(self) -> bool:
        return self._focus is not None and bool(self.tally.failures)

    def _is_looked_at(self, tool: str) -> bool:
        return self._focus is None or tool in self._focus

    def _open(self, image: bytes) -> World:
        if isinstance(self._tools, JailedToolbox):
            return JailedWorld(image, self._tools, now=self._now)
        return World(image, self._tools, now=self._now)

    def _look_at_the_start(self, state: str, model: Model) -> None:
        if not self._rules:
            return
        try:
            broken = model.broken(self._rules)
        except ModelError as error:
            self.tally.fails(Check.CONTRACT_RUNS, "", str(error))
            self._rules = {}
            return
        if broken:
            self.tally.fails(Check.RULES_HOLD, "", f"state {state} breaks {', '.join(broken)}")
        else:
            self.tally.passes(Check.RULES_HOLD)

    def _try_sequence(
        self,
        image: bytes,
        start: World,
        model: Model,
        left: deque[_Planned],
        rng: random.Random,
    ) -> None:
        """Calls from `left` on a fresh world, until it has had enough or the two part."""
        model.restart()
        put_off: list[_Planned] = []
        with closing(start.fork()) as world:
            trying = Trying(world, model, self._tools.definitions, self._rules, self.tally)
            while left and trying.sound and not self._is_over:
                if len(trying.calls) >= SEQUENCE or len(put_off) >= _PUT_OFF:
                    break
                planned = left.popleft()
                if planned.tool not in self.tally.failed and not self._try(trying, planned, rng):
                    put_off.append(replace(planned, delays=planned.delays + 1))
            if trying.sound and trying.calls:
                self._end(image, trying)
        left.extendleft(put_off)

    def _try(self, trying: Trying, planned: _Planned, rng: random.Random) -> bool:
        """Draw and make a call; False where it should better be made on a fresh world."""
        drawing = self._drawings[planned.tool]
        try:
            drawn = drawing.draw(trying.model, rng, planned.manner, planned.number)
        except ModelError as error:
            self.tally.fails(Check.CONTRACT_RUNS, planned.tool, str(error))
            return True
        if not drawn.fits and trying.calls and planned.delays < _DELAYS:
            return False
        back = self._trials[planned.tool].read_back
        try:
            trying.call(planned.tool, planned.manner, drawn)
            if trying.sound and back is not None:
                trying.read_back(planned.tool, back, rng)
        except WorldError as error:
            self._lose(trying, planned.tool, error)
        return True

    def _end(self, image: bytes, trying: Trying) -> None:
        try:
            trying.end()
            if trying.sound:
                self._play_again(image, trying)
        except WorldError as error:
            self._lose(trying, trying.calls[-1][0], error)

    def _lose(self, trying: Trying, tool: str, error: WorldError) -> None:
        """A contract's SQL does not run, or a jailed world is lost or lies."""
        ran = Check.CONTRACT_RUNS if isinstance(error, ModelError) else Check.ONLY_TOOL_ERRORS
        self.tally.fails(ran, tool, str(error))
        trying.sound = False

    def _play_again(self, image: bytes, trying: Trying) -> None:
        """In both workers; where one sees something else, its tool is to blame."""
        difference = self._replay.difference(
            image, trying.calls, trying.outcomes, trying.world.changeset()
        )
        if difference is None:
            self.tally.passes(Check.WORKERS_AGREE)
            return
        tool, arguments = trying.calls[-1 if difference.call is None else difference.call]
        case = orjson.dumps(arguments).decode()
        self.tally.fails(Check.WORKERS_AGREE, tool, f"{difference.detail} ({case})")

    def _try_harder(
        self, image: bytes, start: World, model: Model, tool: str, rng: random.Random
    ) -> None:
        """More plain calls for a tool that has not yet done what it is for."""
        for number in range(EXTRA_TRIALS):
            if self.tally.is_done(tool) or tool in self.tally.failed:
                return
            alone = deque([_Planned(tool, Manner.PLAIN, number)])
            self._try_sequence(image, start, model, alone, rng)
