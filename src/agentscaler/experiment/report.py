"""`write_report`: what an experiment found, as a Markdown page, an SVG plot and JSON."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from agentscaler.evaluation.statistics import Interval
from agentscaler.experiment.figures import AgentFigures, Figures, figures_of
from agentscaler.experiment.folder import ExperimentFolder, ExperimentRecord
from agentscaler.experiment.plot import success_plot
from agentscaler.experiment.settings import ExperimentSettings
from agentscaler.runfolder import write_atomically

__all__ = ["report_page", "settings_file", "write_report"]

_HEADINGS = {
    "scaling": "Success by number of training domains",
    "phases": "Two phases, one, and the vertical alone",
    "funnel": "The funnel, whole and without a stage",
}
_REASONS = 5


def write_report(folder: ExperimentFolder) -> tuple[Figures, list[Path]]:
    """Writes `table.md`, `plot.svg`, `figures.json` and `settings.yaml` into `report/`."""
    record, figures = folder.read(), figures_of(folder)
    place = folder.path / "report"
    place.mkdir(exist_ok=True)
    files = [place / name for name in ("table.md", "plot.svg", "figures.json", "settings.yaml")]
    files[0].write_text(report_page(record, figures, "plot.svg"), encoding="utf-8")
    files[1].write_text(success_plot(figures), encoding="utf-8")
    content = {**figures.plain(), "experiment": record.model_dump(mode="json")}
    write_atomically(files[2], content)
    files[3].write_text(settings_file(record.settings), encoding="utf-8")
    return figures, files


def report_page(record: ExperimentRecord, figures: Figures, plot: str) -> str:
    """The page; `plot` is where its picture lies."""
    lines = [f"# {_HEADINGS[record.arm]}", ""]
    if figures.missing:
        lines += [
            f"{figures.missing} points are not done yet; those that are, in all seeds, count."
        ]
        lines += [""]
    if figures.agents:
        lines += [f"![success with 95% intervals]({plot})", ""]
        lines += [*_success_table(figures), "", *_detail_table(figures), "", *_tests(figures), ""]
    lines += [*_method(record, figures), "", *_again(record)]
    return "\n".join([*lines, ""])


def _success_table(figures: Figures) -> Iterator[str]:
    trials = list(dict.fromkeys(trial for one in figures.agents for trial in one.success))
    what = "training domains" if figures.arm == "scaling" else "agent"
    yield f"| {what} | {' | '.join(trials)} | each seed, {trials[0]} |"
    yield f"|---|{'---|' * len(trials)}---|"
    for one in figures.agents:
        cells = [_interval(one.success[t]) if t in one.success else "-" for t in trials]
        seeds = ", ".join(f"{one.by_seed[trials[0]][seed]:.1%}" for seed in one.seeds)
        yield f"| {one.label} | {' | '.join(cells)} | {seeds} |"


def _detail_table(figures: Figures) -> Iterator[str]:
    kinds = sorted({kind for one in figures.agents for kind in one.kinds})
    names = [kind.replace("_", " ") for kind in kinds]
    yield (
        f"| | state right (writes) | exact calls | {' | '.join(names)} | refused, malformed and"
        " unknown calls an episode | dialogues seen, distinct | tokens seen |"
    )
    yield f"|---|---|---|{'---|' * len(kinds)}---|---|---|"
    for one in figures.agents:
        yield f"| {one.label} | {' | '.join(_details(one, kinds))} |"


def _details(one: AgentFigures, kinds: list[str]) -> Iterator[str]:
    yield f"{one.state_right.mean:.1%}" if one.state_right else "-"
    yield f"{one.exact_calls.mean:.1%}"
    for kind in kinds:
        yield f"{one.kinds[kind][0]:.1%} of {one.kinds[kind][1]}" if kind in one.kinds else "-"
    yield ", ".join(f"{value:.2f}" for value in one.per_episode.values())
    yield f"{one.dialogues:,.0f}, {one.distinct:,.0f}"
    yield f"{one.tokens:,.0f}"


def _tests(figures: Figures) -> Iterator[str]:
    yield "| trial | compared | difference | p, t-test | p, sign flips |"
    yield "|---|---|---|---|---|"
    for trial, tests in figures.tests.items():
        for name, test in tests.items():
            yield (
                f"| {trial} | {name} | {_interval(test.difference, sign=True)} |"
                f" {_p(test.p_t) if test.difference.freedom else '-'} | {_p(test.p_flips)} |"
            )
    yield ""
    for one in figures.agents:
        worst = list(one.reasons.items())[:_REASONS]
        total = sum(one.reasons.values())
        if worst:
            told = ", ".join(f"{reason} {n / total:.0%}" for reason, n in worst)
            yield f"Why {one.label} failed: {told}."
            yield ""


def _method(record: ExperimentRecord, figures: Figures) -> Iterator[str]:
    settings, facts = record.settings, record.facts
    rules, trial = settings.rules, settings.trial
    yield "## How it was done"
    yield ""
    yield (
        f"Learner `{settings.learner}`, {len(figures.seeds)} seeds, {settings.tokens:,} rendered"
        " tokens seen by every agent, to within the length of a dialogue a phase: that, and"
        " nothing else, is equal. A dialogue is seen again when all have been seen."
    )
    yield ""
    yield (
        f"A dialogue is learned from, and a task tried, if it has at most {rules.max_calls} gold"
        f" calls and {rules.max_tokens:,} tokens"
        + (f", is shown at most {rules.most_tools} tools" if rules.most_tools else "")
        + f", and is of the kinds {', '.join(rules.kinds)}"
        + (";" if rules.system else "; without its system message;")
        + f" {_counts(facts['dialogues'])}. Left out: {_counts(facts['left_out'])}."
    )
    yield ""
    yield (
        f"Held out are {trial.held_out} domains of {facts['held_out_families']} families, of at"
        f" most {trial.largest_family} domains each: none shares a service, or half of its tools,"
        f" with a training domain. {facts['held_out_tools_in_training']:.0%} of their tools have a"
        " namesake with the same parameters in some training domain, such as tagging has."
    )
    yield ""
    if facts["faults"]:
        planted = sum(facts["faults"].values())
        kept = _counts(facts["kept_by"])
        yield f"Faults are planted in {planted:,} dialogues. Kept to learn from by: {kept}."
        yield ""
    yield (
        "Intervals are 95%, for another seed and other services: a two-way analysis of variance"
        " with seeds and service families as random factors and Satterthwaite's degrees of"
        " freedom, never narrower than Wilson's interval for the tasks of one seed. The t-test is"
        " paired, over both factors; the sign flips are over families."
    )


def _again(record: ExperimentRecord) -> Iterator[str]:
    yield "## The same again"
    yield ""
    runs = f"--run {record.runs['general']}"
    if "vertical" in record.runs:
        runs += f" --vertical-run {record.runs['vertical']}"
    if record.vertical:
        runs += f" --vertical {record.vertical}"
    yield "```"
    yield f"agentscaler experiment {record.arm} {runs} --config settings.yaml --out again"
    yield "```"
    yield ""
    yield "with `settings.yaml`, which lies beside this page:"
    yield ""
    yield "```yaml"
    yield settings_file(record.settings).rstrip()
    yield "```"


def settings_file(settings: ExperimentSettings) -> str:
    """What differs from the defaults, as YAML."""
    given = settings.model_dump(mode="json", exclude_defaults=True)
    text: str = yaml.safe_dump(given, sort_keys=True, default_flow_style=None)
    return text


def _counts(counts: dict[str, int]) -> str:
    told = (f"{name.replace('_', ' ')} {n:,}" for name, n in counts.items())
    return ", ".join(told) or "nothing"


def _interval(one: Interval, *, sign: bool = False) -> str:
    form = "+.1%" if sign else ".1%"
    told = f"{one.mean:{form}}"
    # Of one seed in one family there is no spread to be seen.
    return f"{told} ({one.low:{form}} to {one.high:{form}})" if one.high > one.low else told


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else "< 0.001"
