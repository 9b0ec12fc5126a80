"""Date arithmetic in the SQL of tools."""

import apsw
import pytest

from agentscaler.world.dates import register_dates


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("add_days('2026-02-27', 2)", "2026-03-01"),
        ("add_days('2026-03-01T09:30:00', -1)", "2026-02-28T09:30:00"),
        ("add_minutes('2026-12-31T23:45:00', 30)", "2027-01-01T00:15:00"),
        ("add_minutes('2026-12-31', 30)", None),
        ("days_between('2026-03-01', '2026-03-04T08:00:00')", 3),
        ("days_between('2026-03-04', '2026-03-01')", -3),
        ("days_between('soon', '2026-03-01')", None),
        ("add_days('2026-03-01', 1.5)", None),
        ("add_days(NULL, 1)", None),
        ("add_days('9999-12-31', 1)", None),
    ],
)
def test_days_and_minutes_are_counted_on_the_calendar(sql: str, value: object) -> None:
    connection = apsw.Connection(":memory:")
    register_dates(connection)
    assert connection.execute(f"SELECT {sql}").fetchone() == (value,)
    connection.close()
