import pytest

from agentscaler.domain.domain import Column, Table
from agentscaler.domain.statuses import (
    bare_values,
    first_status,
    is_over,
    is_passing,
    spoken_value,
)
from agentscaler.domain.transitions import find_transition


def table(*values: str, flag: str = "") -> Table:
    columns = [Column(name="job_id", type="text")]
    if values:
        columns.append(Column(name="state", type="text", enum=values))
    if flag:
        columns.append(Column(name=flag, type="boolean"))
    return Table(
        name="jobs",
        noun="job",
        key=("job_id",),
        status="state" if values else None,
        columns=tuple(columns),
    )


def test_an_action_leads_to_the_status_its_verb_names() -> None:
    found = find_transition("cancel", table("PENDING", "RUNNING", "DONE_DELETED", "CANCELLED"))
    assert found is not None
    assert found.sets == {"state": "CANCELLED"}
    assert found.precondition.allowed == ("PENDING", "RUNNING")


def test_a_shared_prefix_does_not_hide_a_status() -> None:
    found = find_transition("pause", table("STATE_ACTIVE", "STATE_PAUSED"))
    assert found is not None
    assert found.sets == {"state": "STATE_PAUSED"}


def test_what_has_ended_can_be_started_again_but_not_what_was_deleted() -> None:
    found = find_transition("start", table("STOPPED", "FAILED", "DELETED", "RUNNING", "STOPPING"))
    assert found is not None
    assert found.precondition.allowed == ("STOPPED", "FAILED")


def test_a_flag_stands_in_for_a_status() -> None:
    found = find_transition("disable", table(flag="is_enabled"))
    assert found is not None
    assert found.sets == {"is_enabled": 0}
    assert found.precondition.allowed == (1,)


def test_nothing_is_guessed_where_no_column_fits() -> None:
    assert find_transition("cancel", table("OPEN", "SHUT")) is None
    assert find_transition("frobnicate", table("PENDING", "RUNNING")) is None


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        ("IN_PROGRESS", "in progress"),
        ("dateHeader", "date header"),
        ("LoRaWAN", "LoRaWAN"),
        ("scn.data.forecast", "scn.data.forecast"),
    ],
)
def test_enum_values_are_said_in_words(value: str, spoken: str) -> None:
    assert spoken_value(value, (value, "OTHER")) == spoken


def test_words_that_all_values_share_are_not_said() -> None:
    values = ("PIPELINE_TYPE_BATCH", "PIPELINE_TYPE_STREAMING")
    assert list(bare_values(values).values()) == ["batch", "streaming"]
    assert bare_values(("ACTIVE",)) == {"ACTIVE": "active"}


def test_a_new_row_starts_in_the_earliest_sound_status() -> None:
    assert first_status(Column(name="s", type="text", enum=("DELETED", "ACTIVE"))) == "ACTIVE"
    assert first_status(Column(name="s", type="text", enum=("FAILED", "UPDATING", "IDLE"))) == (
        "IDLE"
    )


def test_endings_and_passing_states_are_told_apart() -> None:
    assert is_over("TIMED_OUT")
    assert is_over("delivered")
    assert not is_over("out_for_delivery")
    assert not is_over("RUNNING")
    assert is_passing("STOPPING")
    assert not is_passing("RUNNING")
