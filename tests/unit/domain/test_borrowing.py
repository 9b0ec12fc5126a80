from collections.abc import Callable

from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain.borrowing import Lender, borrow
from agentscaler.domain.rest import read_service

MakeCall = Callable[..., ToolSpec]


def test_a_list_comes_with_the_keys_that_a_community_asks_for(call: MakeCall) -> None:
    operations = read_service(
        [
            call("DELETE", "/contracts/{contract_id}/services/{id}"),
            call("POST", "/contracts/{contract_id}/services", body="name", gives="id name"),
            call("GET", "/contracts", gives="id title", many=True),
            call("GET", "/contracts/{id}", gives="id title"),
            call("DELETE", "/contracts/{id}"),
            call("GET", "/invoices", gives="id total", many=True),
        ]
    )
    lent = borrow(operations[:2], {"acme.desk": Lender(operations)})
    assert [one.tool.path for one in lent] == ["/contracts", "/contracts/{id}"]
    assert all(one.tool.method == "GET" for one in lent)


def test_a_community_that_finds_its_own_keys_borrows_nothing(call: MakeCall) -> None:
    operations = read_service(
        [call("GET", "/pets", gives="id name", many=True), call("DELETE", "/pets/{id}")]
    )
    assert borrow(operations, {"acme.desk": Lender(operations)}) == []
