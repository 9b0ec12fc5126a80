"""Tables of what a run holds."""

import io
from pathlib import Path

from rich.console import Console

from agentscaler.interfaces.cli.tables import (
    dataset_table,
    file_lines,
    rejected,
    status_table,
    summary_table,
)
from agentscaler.runfolder import Fingerprint, RunFolder, StageRecord


def text_of(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_rejections_are_listed_by_how_often_they_occur() -> None:
    counters = {"in": 9, "rejected:b": 2, "rejected:a": 2, "rejected:c": 5}
    assert rejected(counters) == [("c", 5), ("a", 2), ("b", 2)]


def test_the_summary_says_what_went_in_and_out(console: Console, record: StageRecord) -> None:
    console.print(summary_table({"pool": record}))
    lines = [" ".join(line.split()) for line in text_of(console).splitlines()]
    assert "pool 2,500 operations 2,400 tools 70 bad_schema 1.2" in lines
    assert "30 duplicate" in lines


def test_the_status_names_every_stage_and_its_state(tmp_path: Path, console: Console) -> None:
    folder = RunFolder.open(tmp_path, create=True)
    fingerprint = Fingerprint(stage="pool")
    with folder.stage("pool", fingerprint, ("pool.jsonl",)) as stage:
        stage.count("out", 7)
        stage.commit()
    console.print(status_table(folder))
    rows = [line.split()[:2] for line in text_of(console).splitlines() if line.strip()]
    assert ["pool", "complete"] in rows
    assert ["dataset", "absent"] in rows
    assert file_lines(folder) == [f"    pool  {tmp_path / 'pool.jsonl'}"]


def test_the_table_of_the_training_set_has_a_row_a_split(console: Console) -> None:
    counters = {
        "train/examples": 1200,
        "train/domains": 30,
        "train/turns": 9000,
        "train/calls": 4000,
        "train/characters": 400_000,
        "train/learned characters": 8000,
    }
    record = StageRecord(complete=True, fingerprint=Fingerprint(stage="dataset"), counters=counters)
    console.print(dataset_table(record))
    rows = [line.split() for line in text_of(console).splitlines()]
    assert ["train", "1,200", "30", "9,000", "4,000", "100,000", "2,000"] in rows
    assert ["held_out", *"000000"] in rows
