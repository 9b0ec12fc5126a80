"""The bill and the estimate as tables."""

import io
import re

from rich.console import Console

from agentscaler.interfaces.cli.costs import costs_table, print_estimate
from agentscaler.llm import CostLine
from agentscaler.pipeline.costs import Estimate, RoleEstimate


def printed(content: object) -> str:
    console = Console(file=io.StringIO(), width=110)
    if isinstance(content, Estimate):
        print_estimate(console, content)
    else:
        console.print(content)
    assert isinstance(console.file, io.StringIO)
    return re.sub(r" +", " ", console.file.getvalue())


def test_the_bill_has_a_line_a_role_and_their_sum() -> None:
    lines = [
        CostLine("rollout", "agent", "org/tiny[1]", 1200, 3, 5000, 100, 700, 123_456_700, 1.0),
        CostLine("rollout", "user", "large", 2, 0, 30, 0, 4, 9_876_543_300, 0.5),
    ]
    text = printed(costs_table(lines))
    assert "rollout agent org/tiny[1] 1,200 3 5,000 100 700 0.1235" in text
    assert "rollout user large 2 0 30 0 4 9.8765" in text
    assert "all 1,202 3 5,030 100 704 10.0000" in text


def test_an_estimate_says_what_is_left_and_what_is_not_known() -> None:
    roles = (RoleEstimate("agent", "tiny", 10, 2000, 5_000_000), RoleEstimate("user", "large"))
    text = printed(Estimate("episodes", 4, 20, roles))
    assert "episodes: 4 done, 20 left." in text
    assert "agent tiny 10 2,000 0.0050" in text
    assert "user large unknown unknown unknown" in text
    assert "--limit 20" in text
    assert "--limit" not in printed(Estimate("episodes", 4, 20, roles[:1]))


def test_rules_cost_nothing() -> None:
    assert "they cost nothing" in printed(Estimate("domains", 0, 20, ()))
