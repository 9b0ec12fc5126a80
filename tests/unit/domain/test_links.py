from collections.abc import Callable

from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain.domain import ToolKind
from agentscaler.domain.draft import draft_domain
from agentscaler.domain.rest import read_service

MakeCall = Callable[..., ToolSpec]


def test_what_stands_on_its_own_is_tied_by_a_link_table(call: MakeCall) -> None:
    user, team = "id name email city", "id title purpose"
    operations = read_service(
        [
            call("GET", "/users", gives=user, many=True),
            call("POST", "/users", body="name email city", gives=user),
            call("GET", "/users/{id}", gives=user),
            call("GET", "/teams", gives=team, many=True),
            call("POST", "/teams", body="title purpose", gives=team),
            call("GET", "/teams/{id}", gives=team),
            call("PUT", "/teams/{team_id}/users/{user_id}"),
            call("DELETE", "/teams/{team_id}/users/{user_id}"),
        ]
    )
    draft = draft_domain(operations, [])
    kinds = {tool.name: tool.kind for tool in draft.tools}
    assert kinds["add_user_to_team"] is ToolKind.LINK
    assert kinds["remove_user_from_team"] is ToolKind.UNLINK
    assert draft.tables["team_users"].key == ("team_id", "user_id")
