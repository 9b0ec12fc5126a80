"""Records that an owner and a name single out together (`/repos/{owner}/{repo}`)."""

import re
from collections.abc import Callable

import apsw
import pytest

from agentscaler.domain import Domain
from tests.unit.domain.conftest import MakeCall


@pytest.fixture
def hosting(call: MakeCall, build: Callable[..., Domain]) -> Domain:
    """Repositories of owners that are no records, with issues."""
    repo, issue = "id name description stars", "id title body priority"
    return build(
        [
            call("POST", "/repos/{owner}/{repo}", name="createRepo", body="description stars"),
            call("GET", "/repos/{owner}/{repo}", name="getRepo", gives=repo),
            call("GET", "/repos", name="listRepos", gives=repo, many=True),
            call("PATCH", "/repos/{owner}/{repo}", name="updateRepo", body="description"),
            call("DELETE", "/repos/{owner}/{repo}", name="deleteRepo"),
            call("POST", "/repos/{owner}/{repo}/issues", name="createIssue", body="title body"),
            call("GET", "/repos/{owner}/{repo}/issues/{id}", name="getIssue", gives=issue),
            call("GET", "/repos/{owner}/{repo}/issues", name="listIssues", gives=issue, many=True),
            call("DELETE", "/repos/{owner}/{repo}/issues/{id}", name="deleteIssue"),
        ]
    )


def test_x(hosting: Domain) -> None:
    print(hosting.schema_sql)
    print(hosting.source)
    for t in hosting.manifest.tools:
        print(t.name, t.description, t.parameters, t.contract)
    assert 0
