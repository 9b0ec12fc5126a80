"""`run_stage` and the fingerprints, without running a stage."""

from pathlib import Path

import pytest
import typer

import agentscaler
from agentscaler.domain import DomainSettings
from agentscaler.errors import InputError, RunFolderError, SettingsError
from agentscaler.interfaces.cli.main import app
from agentscaler.pipeline import STAGES, DomainEntry, Settings, run_stage, stage_named
from agentscaler.pipeline.run import PACKAGES, _fingerprint
from agentscaler.runfolder import RunFolder, StageState


def test_the_code_of_every_package_that_stages_use_is_in_the_fingerprints() -> None:
    source = Path(agentscaler.__file__).parent
    found = {path.stem for path in source.iterdir() if path.suffix == ".py" or path.is_dir()}
    above = {"__init__", "__main__", "__pycache__", "interfaces", "pipeline"}
    beside = {
        "charts",
        "evaluation",
        "experiment",
        "training",
    }  # what they make goes into no stage's output
    assert sorted(PACKAGES) == sorted(found - above - beside)


def test_every_stage_has_a_section_of_the_settings_and_a_command() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # it is a group
    assert [stage.name for stage in STAGES if stage.name not in commands] == []
    assert [stage.name for stage in STAGES if stage.section not in Settings.model_fields] == []


def test_a_stage_without_its_upstream_names_the_command_to_run_first(tmp_path: Path) -> None:
    folder = RunFolder.open(tmp_path, create=True)
    with pytest.raises(RunFolderError, match=r"absent in .*First run `agentscaler pool --run"):
        run_stage(folder, "graph", Settings(workers=1))


def test_an_unknown_stage_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    folder = RunFolder.open(tmp_path, create=True)
    with pytest.raises(SettingsError, match=r"no stage brew.*pool, graph, domains"):
        run_stage(folder, "brew", Settings(workers=1))


def test_a_stage_that_fails_is_not_complete_and_can_be_tried_again(tmp_path: Path) -> None:
    folder = RunFolder.open(tmp_path / "run", create=True)
    missing = tmp_path / "functions.json"
    settings = Settings(sources=(str(missing),), workers=1)
    with pytest.raises(InputError):
        run_stage(folder, "pool", settings)
    assert folder.state("pool") is StageState.PARTIAL
    missing.write_text('[{"name": "ListBooks", "description": "Lists all books."}]')
    assert run_stage(folder, "pool", settings).counters["out"] == 1


def test_a_source_whose_content_changed_is_read_again(tmp_path: Path) -> None:
    folder = RunFolder.open(tmp_path / "run", create=True)
    source = tmp_path / "functions.json"
    settings = Settings(sources=(str(source),), workers=1)
    source.write_text('[{"name": "ListBooks", "description": "Lists all books."}]')
    first = run_stage(folder, "pool", settings)
    assert run_stage(folder, "pool", settings) == first
    source.write_text('[{"name": "ListLoans", "description": "Lists all loans."}]')
    second = run_stage(folder, "pool", settings)
    assert second.fingerprint.changes_since(first.fingerprint) == [f"input {source} changed"]


def test_a_run_of_verticals_begins_with_its_domains(tmp_path: Path) -> None:
    folder = RunFolder.open(tmp_path, create=True)
    domain = DomainSettings(verticals=("retail", "airline"), trials=8)
    settings = Settings(sources=(), domain=domain, workers=1)
    assert run_stage(folder, "domains", settings).counters["out"] == 2
    assert (tmp_path / "domains" / "airline" / "tools.py").is_file()
    with pytest.raises(SettingsError, match=r"pool has nothing to work on.*--source"):
        run_stage(folder, "pool", settings)


def test_verticals_come_before_the_communities(tmp_path: Path) -> None:
    folder = RunFolder.open(tmp_path / "run", create=True)
    source = tmp_path / "functions.json"
    source.write_text('[{"name": "ListBooks", "description": "Lists all books."}]')
    domain = DomainSettings(verticals=("retail",), trials=8)
    settings = Settings(sources=(str(source),), domain=domain, workers=1)
    for stage in ("pool", "graph"):
        run_stage(folder, stage, settings)
    record = run_stage(folder, "domains", settings)
    entries = list(folder.read("domains.jsonl", DomainEntry))
    assert [(entry.community, entry.id) for entry in entries] == [(None, "retail"), (0, None)]
    assert record.counters["in"] == 2


def test_a_run_needs_something_to_begin_with() -> None:
    with pytest.raises(ValueError, match="sources, or verticals"):
        Settings(sources=())


def test_how_fast_episodes_are_played_is_no_reason_to_play_them_again(tmp_path: Path) -> None:
    rollout = stage_named("rollout")
    folder = RunFolder.open(tmp_path / "run", create=True)
    usual = _fingerprint(folder, rollout, Settings())
    faster = Settings.model_validate({"rollout": {"in_flight": 64, "worlds": 9, "retries": 0}})
    assert _fingerprint(folder, rollout, faster) == usual
    other = Settings.model_validate({"rollout": {"mistake_rate": 0.5}})
    assert _fingerprint(folder, rollout, other) != usual
