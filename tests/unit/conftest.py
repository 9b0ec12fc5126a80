"""Two small worlds: a library made by hand, with tasks whose gold is worked out by running it, and
a box office that the rules make of API descriptions."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from agentscaler.corpus import load_corpus
from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain import build_domains
from agentscaler.domain.certificate import Certificate
from agentscaler.domain.domain import Domain, DomainManifest
from agentscaler.graph import ToolGraph
from agentscaler.graph.dependencies import Dependencies
from agentscaler.task.task import (
    AnswerFact,
    Fact,
    Fragment,
    Goal,
    GoldCall,
    Proof,
    Provenance,
    Task,
)
from agentscaler.world.database import create_image

_BOX_OFFICE = Path(__file__).parent / "box_office.json"
_LIBRARY = Path(__file__).parent / "library"


@pytest.fixture(scope="session")
def library() -> Domain:
    """The domain, with one state called "main"."""
    schema = (_LIBRARY / "schema.sql").read_text()
    rows = json.loads((_LIBRARY / "rows.json").read_text())
    return Domain(
        manifest=DomainManifest.model_validate_json((_LIBRARY / "domain.json").read_text()),
        schema_sql=schema,
        source=(_LIBRARY / "tools.txt").read_text(),
        policy="You help the staff of a city library. Ask before you delete anything.",
        states={"main": create_image(schema, rows)},
        certificate=Certificate(seed="", states=("main",), checks={}, tools={}),
        trusted=True,
    )


CallSpec = tuple[str, dict[str, str | tuple[int, tuple[str | int, ...]]]]


def _solve(
    domain: Domain,
    number: int,
    facts: Sequence[Fact],
    calls: Sequence[CallSpec],
    goals: Sequence[Goal],
) -> Task:
    """A task with its gold run: an argument is a fact's name, or (call, path) into a result."""
    known = {fact.name: fact for fact in facts}
    ends = {goal.calls[-1] for goal in goals}
    gold: list[GoldCall] = []
    with domain.world("main") as world:
        for index, (tool, sources) in enumerate(calls):
            arguments: dict[str, Any] = {}
            provenance: dict[str, Provenance] = {}
            for name, source in sources.items():
                if isinstance(source, str):
                    arguments[name] = known[source].value
                    provenance[name] = Provenance(origin="user", fact=source)
                    continue
                value = gold[source[0]].result
                for step in source[1]:
                    value = value[step]
                arguments[name] = value
                provenance[name] = Provenance(origin="tool", call=source[0], path=source[1])
            result = world.call(tool, arguments)
            assert result.ok, result.error
            gold.append(
                GoldCall(
                    tool=tool,
                    arguments=arguments,
                    provenance=provenance,
                    result=result.value,
                    purpose="goal" if index in ends else "lookup",
                    effect=domain.manifest.tool[tool].effect,
                )
            )
        writes = sum(call.effect == "write" for call in gold)
        return Task(
            id=f"library/{number:03}",
            domain=domain.id,
            state="main",
            kind="write" if writes else "read",
            intent="; ".join(piece.text for goal in goals for piece in goal.request),
            facts=tuple(facts),
            goals=tuple(goals),
            gold=tuple(gold),
            changeset=world.changeset(),
            state_hash=world.state_hash(),
            proof=Proof(
                gold_passes=True, nothing_fails=True, writes=writes, dropped_writes_fail=writes
            ),
        )


def _fact(name: str, label: str, said: str, value: Any = None) -> Fact:
    return Fact(name=name, value=said if value is None else value, said=said, label=label)


_MEMBER = _fact("member", "the name of the member", "Ana Ruiz")
_BOOK = _fact("book", "the title of the book", "Roads of Rome")
_DUE = _fact("due", "the due date of the loan", "2 April 2026", "2026-04-02")


def _create(domain: Domain) -> Task:
    return _solve(
        domain,
        1,
        [_MEMBER, _BOOK, _DUE],
        [
            ("list_members", {"name": "member"}),
            ("list_books", {"title": "book"}),
            (
                "create_loan",
                {
                    "member_id": (0, ("members", 0, "member_id")),
                    "book_id": (1, ("books", 0, "book_id")),
                    "due_date": "due",
                },
            ),
        ],
        [
            Goal(
                calls=(0, 1, 2),
                request=(
                    Fragment(
                        text="lend the book Roads of Rome", facts=("book",), vague="lend out a book"
                    ),
                    Fragment(text="to Ana Ruiz", facts=("member",), vague="to a member"),
                    Fragment(text="until 2 April 2026", facts=("due",)),
                ),
                confirm="lending Roads of Rome to Ana Ruiz",
                report="Roads of Rome is now on loan to Ana Ruiz and due back on 2 April 2026.",
            )
        ],
    )


def _update(domain: Domain) -> Task:
    facts = [_BOOK, _fact("genre", "the new genre", "history", "HISTORY")]
    return _solve(
        domain,
        2,
        facts,
        [
            ("list_books", {"title": "book"}),
            ("update_book", {"book_id": (0, ("books", 0, "book_id")), "genre": "genre"}),
        ],
        [
            Goal(
                calls=(0, 1),
                request=(
                    Fragment(
                        text="change the genre of the book Roads of Rome",
                        facts=("book",),
                        vague="change the genre of a book",
                    ),
                    Fragment(text="to history", facts=("genre",), vague="to another one"),
                ),
                report="Roads of Rome is now filed under history.",
            )
        ],
    )


def _delete(domain: Domain) -> Task:
    return _solve(
        domain,
        3,
        [_MEMBER],
        [
            ("list_members", {"name": "member"}),
            ("delete_member", {"member_id": (0, ("members", 0, "member_id"))}),
        ],
        [
            Goal(
                calls=(0, 1),
                request=(
                    Fragment(
                        text="delete the member Ana Ruiz",
                        facts=("member",),
                        vague="delete a member",
                    ),
                ),
                confirm="deleting the member Ana Ruiz",
                report="The member Ana Ruiz has been deleted.",
            )
        ],
    )


def _read(domain: Domain) -> Task:
    return _solve(
        domain,
        4,
        [_BOOK],
        [
            ("list_books", {"title": "book"}),
            ("get_book", {"book_id": (0, ("books", 0, "book_id"))}),
        ],
        [
            Goal(
                calls=(0, 1),
                request=(
                    Fragment(
                        text="tell me on which shelf the book Roads of Rome stands",
                        facts=("book",),
                        vague="tell me on which shelf a book stands",
                    ),
                ),
                report="Roads of Rome stands on shelf B7.",
                answers=(AnswerFact(label="the shelf", value="B7", said=("B7",)),),
            )
        ],
    )


def _two_goals(domain: Domain) -> Task:
    facts = [_fact("borrower", "the name of the borrower", "Tom Okafor"), _BOOK]
    facts.append(_fact("shelf", "the new shelf", "D4"))
    return _solve(
        domain,
        5,
        facts,
        [
            ("list_members", {"name": "borrower"}),
            ("list_loans", {"member_id": (0, ("members", 0, "member_id"))}),
            ("return_loan", {"loan_id": (1, ("loans", 0, "loan_id"))}),
            ("list_books", {"title": "book"}),
            ("update_book", {"book_id": (3, ("books", 0, "book_id")), "shelf": "shelf"}),
        ],
        [
            Goal(
                calls=(0, 1, 2),
                request=(
                    Fragment(
                        text="take back the loan of Tom Okafor",
                        facts=("borrower",),
                        vague="take back a loan",
                    ),
                ),
                report="The loan of Tom Okafor has been returned.",
            ),
            Goal(
                calls=(3, 4),
                request=(
                    Fragment(
                        text="move the book Roads of Rome", facts=("book",), vague="move a book"
                    ),
                    Fragment(text="to shelf D4", facts=("shelf",), vague="to another place"),
                ),
                report="Roads of Rome now stands on shelf D4.",
            ),
        ],
    )


@pytest.fixture(scope="session")
def library_tasks(library: Domain) -> dict[str, Task]:
    """Tasks by what they are about."""
    makers: dict[str, Callable[[Domain], Task]] = {
        "create": _create,
        "update": _update,
        "delete": _delete,
        "read": _read,
        "two goals": _two_goals,
    }
    return {name: make(library) for name, make in makers.items()}


@pytest.fixture(scope="session")
def box_office_tools() -> list[ToolSpec]:
    """Descriptions of a box office (venues, shows, visitors), as its API might give them."""
    return load_corpus([_BOX_OFFICE]).tools


@pytest.fixture(scope="session")
def box_office(box_office_tools: list[ToolSpec]) -> Domain:
    """The domain that the rules make of it."""
    graph = _one_community(box_office_tools)
    (outcome,) = build_domains(graph, box_office_tools)
    assert outcome.domain is not None, outcome.rejections
    return outcome.domain


@pytest.fixture(scope="session")
def one_domain() -> Callable[[list[ToolSpec]], Domain]:
    """Makes the domain of tools that are taken for one community."""

    def made(tools: list[ToolSpec]) -> Domain:
        (outcome,) = build_domains(_one_community(tools), tools)
        assert outcome.domain is not None, outcome.rejections
        return outcome.domain

    return made


def _one_community(tools: list[ToolSpec]) -> ToolGraph:
    count = len(tools)
    none = np.zeros(0, np.int32)
    return ToolGraph(
        tool_ids=tuple(tool.id for tool in tools),
        similarity=sp.csr_matrix((count, count), dtype=np.float32),
        dependencies=Dependencies(none, none, none, none, ()),
        communities=np.zeros(count, np.int32),
    )
