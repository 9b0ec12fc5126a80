"""Times of a row come in the order of what they mean, and after those of its owners."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agentscaler.domain.chronology import made_at, put_in_order
from agentscaler.domain.domain import Column, Table

NOW = datetime.fromisoformat("2026-06-01T12:00:00")
NAMES = ("updated_at", "created_at", "end_time", "start_time", "due_date")
TABLE = Table(
    name="jobs",
    noun="job",
    key=("job_id",),
    columns=(
        Column(name="job_id", type="text"),
        *(Column(name=name, type="timestamp", meaning="moment") for name in NAMES),
    ),
)

past = st.datetimes(NOW - timedelta(days=500), NOW - timedelta(days=1))


@given(st.fixed_dictionaries(dict.fromkeys(NAMES[:4], past)), past)
def test_any_times_end_up_in_order_behind_the_owner(
    moments: dict[str, datetime], owner: datetime
) -> None:
    row = {name: moment.isoformat() for name, moment in moments.items()}
    put_in_order(TABLE, row, [owner], NOW)
    in_order = [row[name] for name in ("created_at", "start_time", "end_time", "updated_at")]
    assert in_order == sorted(in_order)
    assert datetime.fromisoformat(in_order[0]) >= owner
    assert datetime.fromisoformat(in_order[-1]) <= NOW


def test_times_to_come_and_missing_ones_stay_as_they_are() -> None:
    row = {"created_at": None, "due_date": "2026-09-01T10:00:00", "end_time": "2026-02-01T10:00:00"}
    before = dict(row)
    put_in_order(TABLE, row, [], NOW)
    assert row == before
    assert made_at(TABLE, row) is None
