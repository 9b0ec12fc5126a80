from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from agentscaler.interfaces.cli.main import app

CLINIC = Path(__file__).parents[4] / "examples" / "clinic.json"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    result = CliRunner().invoke(app, ["pool", "--run", str(folder), "--source", str(CLINIC)])
    assert result.exit_code == 0, result.output
    return folder


def test_a_report_is_written_as_page_data_and_plot(run: Path) -> None:
    result = CliRunner().invoke(
        app, ["graph-report", "--run", str(run), "--tau", "0.35", "--tau", "0.6"]
    )
    assert result.exit_code == 0, result.output
    reports = run / "reports"
    data = orjson.loads((reports / "graph-calibration.json").read_bytes())
    assert [row["tau"] for row in data["rows"]] == [0.35, 0.6]
    assert (reports / "graph-calibration.md").read_text() in result.output
    assert (reports / "graph-calibration.svg").read_text().startswith("<svg")


def test_without_thresholds_it_tries_those_around_the_one_in_use(run: Path) -> None:
    CliRunner().invoke(app, ["graph-report", "--run", str(run)])
    data = orjson.loads((run / "reports" / "graph-calibration.json").read_bytes())
    taus = [row["tau"] for row in data["rows"]]
    assert 0.35 in taus
    assert taus == sorted(set(taus))
    assert min(taus) < 0.3 < 0.4 < max(taus)


def test_a_threshold_out_of_range_is_refused(run: Path) -> None:
    result = CliRunner().invoke(app, ["graph-report", "--run", str(run), "--tau", "3"])
    assert result.exit_code == 2


def test_the_recipe_of_the_graph_command_is_remembered(run: Path) -> None:
    result = CliRunner().invoke(app, ["graph", "--run", str(run), "--recipe", "paper"])
    assert result.exit_code == 0, result.output
    assert orjson.loads((run / "settings.json").read_bytes())["graph"]["recipe"] == "paper"
