import pytest

from agentscaler.corpus.openapi_paths import read_path


@pytest.mark.parametrize(
    ("path", "nouns", "action", "ends_with_key"),
    [
        ("/pets", [("pets",)], (), False),
        ("/api/v1.2/users/{userId}/pets/{petId}.json", [("users",), ("pets",)], (), True),
        ("/boxes/{id}/close", [("boxes",)], ("close",), True),
        ("/pulls/{n}/update-branch", [("pulls",)], ("update", "branch"), True),
        ("/users/{id}/import-jobs", [("users",), ("import", "jobs")], (), False),
        ("/v1/{name}/locks:cancel", [("locks",)], ("cancel",), False),
        ("/search/repos", [("search",), ("repos",)], (), False),
        ("/tickets/query/count", [("tickets",)], ("count",), False),
        ("/me/events/{id}/acme.graph.decline", [("me",), ("events",)], ("decline",), True),
        ("/#X-Target=Service.GetThing", [], (), False),
    ],
)
def test_a_path_is_nouns_and_perhaps_an_action(
    path: str, nouns: list[tuple[str, ...]], action: tuple[str, ...], ends_with_key: bool
) -> None:
    words = read_path(path)
    assert (list(words.nouns), words.action, words.ends_with_key) == (nouns, action, ends_with_key)


def test_placeholders_are_split_into_words() -> None:
    assert read_path("/a/{petId}/b/{owner_name}").placeholders == (("pet", "id"), ("owner", "name"))
