"""`build_domains`: from the communities of a tool graph to certified domains.

One community gives one domain or none.  Each is made on its own (`_build`), so that the work can be
spread over processes; whatever is turned away is in the outcome's ledger.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain.assemble import Identity, assemble, main_tables, with_faults_counted
from agentscaler.domain.borrowing import Lender, borrow
from agentscaler.domain.domain import Domain
from agentscaler.domain.draft import Draft, draft_domain, without_tools
from agentscaler.domain.examine import examine
from agentscaler.domain.reasons import DomainReason
from agentscaler.domain.rest import read_service
from agentscaler.domain.settings import DomainSettings
from agentscaler.engine import Engine, LocalEngine
from agentscaler.errors import AgentScalerError
from agentscaler.graph.operation import Operation
from agentscaler.graph.toolgraph import ToolGraph
from agentscaler.ledger import Rejection, fault_text

__all__ = ["DomainOutcome", "build_domains"]

_ROUNDS = 3
_UNTOLD = frozenset({DomainReason.UNKNOWN_EFFECT, DomainReason.NO_FIELDS})


@dataclass(frozen=True)
class DomainOutcome:
    """What came of one community: a domain or None, and everything turned away.

    Attributes:
        refused: operations that no rule could bind to the domain's tables, where a model is to be
            asked about them.
    """

    community: int
    domain: Domain | None
    rejections: list[Rejection] = field(default_factory=list)
    refused: tuple[ToolSpec, ...] = ()


@dataclass(frozen=True)
class _Work:
    """One community, ready to be sent to another process.

    `borrowed` are operations of other communities without which keys that this one takes could not
    be found.
    """

    community: int
    operations: list[Operation]
    context: list[Operation]
    borrowed: list[Operation]
    settings: DomainSettings
    seed: int


def build_domains(
    graph: ToolGraph,
    tools: Sequence[ToolSpec],
    settings: DomainSettings | None = None,
    seed: int = 0,
    engine: Engine | None = None,
    start: int = 0,
) -> Iterator[DomainOutcome]:
    """Makes a domain of each community that allows one.

    Args:
        tools: the pool that `graph` was built from, in the same order.
        start: index of the first community to do, to go on after an interruption.

    Yields:
        One outcome a community, in order.
    """
    settings = settings or DomainSettings()
    engine = engine or LocalEngine(1)
    return engine.map(_build, _work(graph, tools, settings, seed, start))


def _work(
    graph: ToolGraph, tools: Sequence[ToolSpec], settings: DomainSettings, seed: int, start: int
) -> Iterator[_Work]:
    operations = _read_all(tools)
    by_resource: dict[tuple[str, str], list[int]] = {}
    for index, operation in enumerate(operations):
        by_resource.setdefault((operation.tool.service, operation.resource), []).append(index)
    services: dict[str, list[Operation]] = {}
    for operation in operations:
        services.setdefault(operation.tool.service, []).append(operation)
    lenders = {service: Lender(some) for service, some in services.items()}
    members_of: list[list[int]] = [[] for _ in range(graph.community_count)]
    for index, label in enumerate(graph.communities.tolist()):
        members_of[label].append(index)
    for community, members in enumerate(members_of[start:], start):
        inside = set(members)
        related = sorted({(tools[index].service, operations[index].resource) for index in members})
        lent = borrow([operations[index] for index in members], lenders)
        related += [(one.tool.service, one.resource) for one in lent]
        context = sorted({index for key in related for index in by_resource[key]} - inside)
        yield _Work(
            community,
            [operations[index] for index in members],
            [operations[index] for index in context],
            lent,
            settings,
            seed,
        )


def _read_all(tools: Sequence[ToolSpec]) -> list[Operation]:
    """The operations of all tools, each service read as a whole; in the order of the tools."""
    by_service: dict[str, list[int]] = {}
    for index, tool in enumerate(tools):
        by_service.setdefault(tool.service, []).append(index)
    read: dict[int, Operation] = {}
    for members in by_service.values():
        operations = read_service([tools[index] for index in members])
        read.update(zip(members, operations, strict=True))
    return [read[index] for index in range(len(tools))]


def _build(work: _Work) -> DomainOutcome:
    """One community's outcome; what cannot be built is turned away, so that the rest goes on."""
    try:
        return _make(work)
    except AgentScalerError as error:
        detail = str(error)
    except Exception as error:
        detail = fault_text(error)
    lost = Rejection(
        stage="domains",
        id=f"community-{work.community}",
        reason=DomainReason.NOT_BUILT,
        detail=detail,
    )
    return DomainOutcome(work.community, None, [lost])


def _make(work: _Work) -> DomainOutcome:
    services = Counter(one.tool.service for one in work.operations)
    service = min(services, key=lambda name: (-services[name], name))
    rejections = [
        Rejection(
            stage="domains", id=one.tool.id, reason=DomainReason.OTHER_SERVICE, detail=service
        )
        for one in work.operations
        if one.tool.service != service
    ]
    operations = [one for one in work.operations if one.tool.service == service]
    context = [one for one in work.context if one.tool.service == service]
    draft = draft_domain(operations, context, work.borrowed)
    own = [one.tool for one in operations]
    name = _domain_id(own, draft)
    seed = f"{work.seed}/{name}"
    identity = Identity(name, own[0].service_title, own[0].service, own[0].provider, _clock(seed))
    detail = ""
    for _ in range(_ROUNDS):
        reason = _shortfall(draft, work.settings)
        if reason is not None:
            break
        domain = assemble(identity, draft, seed)
        certificate, failures = examine(domain, trials=work.settings.trials, seed=seed)
        if not failures:
            certified = with_faults_counted(
                replace(domain, certificate=certificate), work.settings.faults
            )
            turned_away = rejections + draft.rejections
            refused = _for_a_model(operations, draft.rejections, work.settings)
            return DomainOutcome(work.community, certified, turned_away, refused)
        if not failures[0].tool:  # the states are to blame, and dropping tools mends none
            reason, detail = DomainReason.FAILED_CHECK, f", {failures[0]}"
            break
        draft = without_tools(draft, {failure.tool: str(failure) for failure in failures})
    else:
        reason = DomainReason.FAILED_CHECK
    lost = Rejection(
        stage="domains",
        id=f"community-{work.community}",
        reason=reason,
        detail=f"{service}: {len(draft.tools)} tools, {len(draft.tables)} tables{detail}",
    )
    return DomainOutcome(work.community, None, [*rejections, *draft.rejections, lost])


def _for_a_model(
    operations: Sequence[Operation], rejections: Sequence[Rejection], settings: DomainSettings
) -> tuple[ToolSpec, ...]:
    """Operations that change something which no rule could tell, where a model is to be asked."""
    if "actions" not in settings.wanted_parts:
        return ()
    untold = {one.id for one in rejections if one.reason in _UNTOLD}
    return tuple(
        one.tool
        for one in operations
        if one.tool.id in untold and one.tool.effect != "read" and one.tool.method != "GET"
    )


def _shortfall(draft: Draft, settings: DomainSettings) -> DomainReason | None:
    """Why a draft is too little to be a domain, or None."""
    effects = {tool.effect for tool in draft.tools}
    entities = [table for table in draft.tables.values() if not table.is_link]
    if len(draft.tools) < settings.min_tools:
        return DomainReason.TOO_FEW_TOOLS
    if len(entities) < 2:
        return DomainReason.TOO_FEW_TABLES
    if not any(column.references for table in draft.tables.values() for column in table.columns):
        return DomainReason.NO_FOREIGN_KEY
    if "write" not in effects:
        return DomainReason.READ_ONLY
    return DomainReason.WRITE_ONLY if "read" not in effects else None


def _domain_id(own: Sequence[ToolSpec], draft: Draft) -> str:
    main = (main_tables(draft) or ["domain"])[0]
    digest = hashlib.sha256("\n".join(sorted(tool.id for tool in own)).encode()).hexdigest()
    service = own[0].service.replace(".", "-").replace("_", "-").lower()
    return f"{service}-{main.replace('_', '-')}-{digest[:4]}"


def _clock(seed: str) -> str:
    """A working hour of 2026 for the domain's fixed clock."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big")
    month, day, hour = number % 12 + 1, number // 12 % 28 + 1, number // 336 % 8 + 9
    return f"2026-{month:02d}-{day:02d}T{hour:02d}:{(number // 2688) % 4 * 15:02d}:00"
