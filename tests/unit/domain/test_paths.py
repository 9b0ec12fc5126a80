import pytest

from agentscaler.domain.paths import read_steps

AZURE = "/subscriptions/{subscriptionId}/resourceGroups/{group}/providers/Microsoft.Batch/"


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("/api/v1/mailFolders/{id}/messages", [("mail_folder", ("id",)), ("message", ())]),
        ("/repos/{owner}/{repo}/issues.json", [("repo", ("owner", "repo")), ("issue", ())]),
        (AZURE + "pools/{poolName}", [("pool", ("poolName",))]),
        ("/users('{userId}')/photos", [("user", ("userId",)), ("photo", ())]),
        ("/topics/{name}:pause", [("topic", ("name",)), ("pause", ())]),
        ("/users/by-email/{email}", [("user", ("email",))]),
        ("/stores/{store}/item/{item}", [("store", ("store",)), ("item", ("item",))]),
        ("/services/{id}", [("service", ("id",))]),
    ],
)
def test_a_path_leads_through_collections_with_their_keys(
    path: str, steps: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert [(step.noun, step.keys) for step in read_steps(path)] == steps


def test_a_type_cast_leads_nowhere_but_may_be_an_action_of_a_post() -> None:
    path = "/members/{id}/acme.graph.orgContact"
    assert [step.noun for step in read_steps(path, "GET")] == ["member"]
    assert [step.noun for step in read_steps(path, "POST")] == ["member", "org_contact"]
