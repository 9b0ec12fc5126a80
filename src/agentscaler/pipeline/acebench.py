"""ACEBench on disk: from a user's data to an evaluation's folder, and back to be scored again.

The folder holds what the suite adds to what every evaluation has: `data/`, the benchmark's files
that were used, so that it can be scored again without the user's; `notes.json`, what of the data
and of saved results was left out; and under `episodes/trial_<n>` results in the official form.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from agentscaler import __version__
from agentscaler.errors import InputError, SettingsError
from agentscaler.evaluation import EvaluationFolder, EvaluationRecord, TrialResult
from agentscaler.evaluation.acebench.items import AceData, AceItem, BadLine, read_data
from agentscaler.evaluation.acebench.playing import Player
from agentscaler.evaluation.acebench.prompts import find_home, read_prompts
from agentscaler.evaluation.acebench.results import categories_in, model_of, read_results
from agentscaler.evaluation.acebench.settings import AceEvaluation
from agentscaler.evaluation.acebench.simulation import Simulation
from agentscaler.evaluation.acebench.suite import (
    chosen,
    data_record,
    digest_of,
    home_record,
    play,
    rescore,
    score_saved,
    trial_files,
)
from agentscaler.evaluation.acebench.summary import ace_section, published_parts
from agentscaler.evaluation.report_page import ReportSection
from agentscaler.llm import Role, Sampling
from agentscaler.pipeline.evaluating import Contestant
from agentscaler.runfolder import write_atomically

__all__ = [
    "SUITE",
    "AceAgenda",
    "ace_parts",
    "ace_sections",
    "play_ace",
    "read_agenda",
    "rescore_ace",
    "score_ace",
]

SUITE = "acebench"
_NOTES = "notes.json"
_ROLES: tuple[Role, ...] = ("agent", "user")
_QUESTION = Sampling(temperature=0.001, top_p=1, max_tokens=1200)
_DIALOGUE = Sampling(temperature=0.001, top_p=1, max_tokens=1000)
_NOTES_AT_MOST = 20


@dataclass(frozen=True)
class AceAgenda:
    """What is to be played or scored."""

    data: AceData
    items: list[AceItem]

    @property
    def has_dialogues(self) -> bool:
        """Whether a simulated user is needed."""
        return any(item.category == "agent_multi_turn" for item in self.items)


def read_agenda(settings: AceEvaluation) -> AceAgenda:
    """The items of an evaluation; of saved results, those of the categories that they are of.

    Raises:
        InputError: the data or the results cannot be read.
    """
    ace = settings.acebench
    categories: Sequence[str] = ace.categories
    if ace.results is not None and not categories:
        categories = categories_in(ace.results)
    data = read_data(ace.data, ace.language, categories or None)
    return AceAgenda(data, chosen(data.items, settings.limit))


def play_ace(
    out: EvaluationFolder, settings: AceEvaluation, agenda: AceAgenda, contestant: Contestant
) -> Iterator[list[TrialResult]]:
    """Makes the folder, or finds it made; then plays what is missing as the iterator is used.

    Raises:
        InputError: the data lie in no checkout and none is named, or another evaluation lies in
            the folder.
        SettingsError: nobody plays the user.
    """
    ace = settings.acebench
    home = find_home(ace.home, ace.data)
    prompts = read_prompts(home, ace.language)
    identity = dict(contestant.identity)
    if agenda.has_dialogues:
        user = settings.llm.endpoint("user")
        if not user.model:
            raise SettingsError(
                'The dialogues of agent_multi_turn need a model in the role "user".',
                "Name it with --user-model (and --user-base-url), or leave the category out.",
            )
        identity["user"] = user.identity()
    more = home_record(home, prompts.digest)
    out.begin(_record(settings, agenda, contestant.name, identity, more))
    player = Player(
        prompts=prompts,
        simulation=Simulation(home, ace.language, ace.python or sys.executable),
        agent=contestant.raw_model(),
        user=contestant.other("user") if agenda.has_dialogues else None,
        sampling=_sampling(settings),
        max_turns=ace.max_turns,
        user_turns=ace.user_turns,
    )
    return _playing(out, settings, agenda, contestant, player)


def _playing(
    out: EvaluationFolder,
    settings: AceEvaluation,
    agenda: AceAgenda,
    contestant: Contestant,
    player: Player,
) -> Iterator[list[TrialResult]]:
    with out.locked():
        _keep(out, agenda, ())
        scorer, in_flight = settings.acebench.scorer, settings.concurrency
        yield from play(out, agenda.items, player, scorer, in_flight, contestant.aclose)


def score_ace(
    out: EvaluationFolder, settings: AceEvaluation, agenda: AceAgenda
) -> Iterator[list[TrialResult]]:
    """Makes the folder, or finds it made; then scores saved results as the iterator is used.

    Raises:
        InputError: there are no saved results, or another evaluation lies in the folder.
    """
    results = settings.acebench.results
    if results is None:
        raise InputError("No saved results are named.", "Give --results a folder of them.")
    saved, bad, contents = read_results(results, agenda.data.by_id())
    name = settings.llm.endpoint("agent").model or model_of(results)
    identity = {"digest of the results": digest_of(contents)}
    out.begin(_record(settings, agenda, name, identity, {}))
    with out.locked():
        _keep(out, agenda, bad)
        trial_files(out, 0).replace(agenda.items, saved)
        scored = score_saved(agenda.items, saved, settings.acebench.scorer)
        out.replace(scored)
        yield scored


def rescore_ace(out: EvaluationFolder) -> Iterator[list[TrialResult]]:
    """Scores every result of an evaluation again.

    Raises:
        InputError: there is no evaluation, or its data are damaged.
    """
    record = out.read()
    language, scorer = record.data["language"], record.settings["acebench"]["scorer"]
    data = read_data(out.path / "data", language)
    known = data.by_id()
    same = digest_of(data.files) == record.data["digest of the files"]
    if not same or not known.keys() >= set(record.tasks):
        raise InputError(
            f"{out.path / 'data'} does not hold the data that were evaluated on.",
            "Give the command that began the evaluation again; it puts them back.",
        )
    yield from rescore(out, [known[task] for task in record.tasks], scorer)


def ace_sections(out: EvaluationFolder) -> list[ReportSection]:
    """What the suite adds to its report."""
    try:
        notes = orjson.loads((out.path / _NOTES).read_bytes())["left_out"]
    except (OSError, ValueError, KeyError, TypeError):
        notes = []
    shown = [str(note) for note in notes[:_NOTES_AT_MOST]]
    if len(notes) > _NOTES_AT_MOST:
        shown.append(f"{len(notes) - _NOTES_AT_MOST:,} lines more are in `{_NOTES}`")
    return [ace_section(out.read().slots, out.results(), shown)]


def ace_parts(record: EvaluationRecord, results: Sequence[TrialResult]) -> dict[str, float]:
    """Its accuracies per cent, under the names that published rows have."""
    scorer = record.settings["acebench"]["scorer"]
    return published_parts(record.slots, results, record.data["language"], scorer)


def _record(
    settings: AceEvaluation,
    agenda: AceAgenda,
    name: str,
    identity: dict[str, Any],
    more: dict[str, Any],
) -> EvaluationRecord:
    return EvaluationRecord(
        suite=SUITE,
        contestant=name,
        identity=identity,
        settings=settings.scoring(),
        data=data_record(agenda.data, more),
        tasks=tuple(item.id for item in agenda.items),
        trials=1 if settings.acebench.results is not None else settings.trials,
        code=__version__,
    )


def _keep(out: EvaluationFolder, agenda: AceAgenda, bad: Sequence[BadLine]) -> None:
    """Copies the data into the folder, and says what of data and results was left out."""
    folder = out.path / "data" / f"data_{agenda.data.language}"
    for name, content in agenda.data.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        part.write_bytes(content)
        part.replace(path)
    left_out = [str(one) for one in (*agenda.data.bad, *bad)]
    write_atomically(out.path / _NOTES, {"left_out": left_out})


def _sampling(settings: AceEvaluation) -> tuple[Sampling, Sampling, Sampling]:
    """The official sampling, but where an endpoint's settings say another.

    A checkpoint of ours is drawn from as its own settings say.
    """
    local = settings.contestant.checkpoint is not None
    agent, user = (settings.llm.endpoint(role).sampling for role in _ROLES)
    return (
        Sampling() if local else _completed(agent, _QUESTION),
        Sampling() if local else _completed(agent, _DIALOGUE),
        _completed(user, _DIALOGUE),
    )


def _completed(said: Sampling, official: Sampling) -> Sampling:
    values: dict[str, Any] = {
        name: getattr(official, name)
        for name in ("temperature", "top_p", "max_tokens")
        if getattr(said, name) is None
    }
    return said.model_copy(update=values)
