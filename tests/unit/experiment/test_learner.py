"""The rehearsal: what it is shown decides how often its agent errs."""

from pathlib import Path

import numpy as np

from agentscaler.experiment.learner import Lesson, Rehearsal
from agentscaler.experiment.tokenstore import StoredDialogue
from agentscaler.rollout import SlippingMaker


def lesson(folder: Path, names: list[str], start: Path | None = None) -> Lesson:
    stream = [StoredDialogue(name, np.zeros(3, np.int32), np.ones(3, np.bool_)) for name in names]
    return Lesson(
        phase="general",
        stream=stream,
        domains=0,
        data="",
        seed=0,
        start=start,
        folder=folder,
        fitted=folder,
        held_out=[],
        max_tokens=100,
        system=False,
        threads=1,
        watch=lambda tokens: None,
    )


def error_rate(folder: Path, names: list[str], start: Path | None = None) -> float:
    learner = Rehearsal()
    agent = learner.player(learner.learn(lesson(folder, names, start))).agent
    assert isinstance(agent, SlippingMaker)
    return agent.rate


def test_it_errs_less_with_more_domains_and_not_with_more_dialogues(tmp_path: Path) -> None:
    few = error_rate(tmp_path / "few", [f"a/{n}/0" for n in range(50)])
    one = error_rate(tmp_path / "one", ["a/0/0"])
    many = error_rate(tmp_path / "many", [f"d{n}/0/0" for n in range(50)])
    assert many < few == one


def test_it_errs_more_where_what_it_is_shown_has_faults(tmp_path: Path) -> None:
    sound = error_rate(tmp_path / "sound", [f"d{n}/0/0" for n in range(50)])
    faulty = error_rate(tmp_path / "faulty", [f"d{n}/0/0#wrong row" for n in range(50)])
    assert faulty > sound


def test_a_second_phase_keeps_what_the_first_has_seen(tmp_path: Path) -> None:
    first = Rehearsal().learn(lesson(tmp_path / "1", [f"d{n}/0/0" for n in range(50)]))
    alone = error_rate(tmp_path / "2", ["shop/0/0"])
    assert error_rate(tmp_path / "3", ["shop/0/0"], first) < alone
