"""From a draft to a domain that is not certified yet, and from such a domain back to its draft.

Everything of a domain but its name and its clock follows from the tables and tools of its draft, so
the draft of a finished domain can be had again whenever something about its tables is to change.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agentscaler.corpus.english import listing, plural_noun
from agentscaler.domain.addresses import whole
from agentscaler.domain.certificate import UNCERTIFIED
from agentscaler.domain.describe import policy_text
from agentscaler.domain.domain import ColumnValues, Domain, DomainManifest
from agentscaler.domain.draft import Draft, connected
from agentscaler.domain.faults import count_faults, fault_coverage
from agentscaler.domain.populate import STATE_SIZES, populate
from agentscaler.domain.schema import schema_sql
from agentscaler.domain.source import render_source

__all__ = [
    "Identity",
    "assemble",
    "draft_of",
    "identity_of",
    "main_tables",
    "make_states",
    "with_faults_counted",
]


@dataclass(frozen=True)
class Identity:
    """What of a domain does not follow from its draft.

    Attributes:
        id: stable name.
        service_title: of the service, for people ("Amazon Connect").
        now: its fixed clock, ISO 8601.
    """

    id: str
    service_title: str
    service: str
    provider: str
    now: str


def assemble(
    identity: Identity, draft: Draft, seed: str, values: Sequence[ColumnValues] = ()
) -> Domain:
    """The domain of a draft, not certified yet.

    Args:
        seed: of its initial states; any text.
        values: what columns of its initial states hold.
    """
    title = f"{identity.service_title}: {_nouns(draft)}"
    tables = draft.tables.values()
    manifest = DomainManifest(
        id=identity.id,
        title=title,
        service=identity.service,
        provider=identity.provider,
        now=identity.now,
        tables=tuple(tables),
        tools=draft.tools,
        edges=draft.edges,
        rules=draft.supply.rules,
        values=tuple(values),
    )
    return Domain(
        manifest=manifest,
        schema_sql=schema_sql(tables),
        source=render_source(draft.tools, draft.tables, draft.supply.clauses),
        policy=policy_text(title, draft.tools, draft.supply.rules),
        states=make_states(manifest, seed, draft.supply.settle),
        certificate=UNCERTIFIED,
        trusted=True,
    )


def make_states(manifest: DomainManifest, seed: str, settle: Sequence[str]) -> dict[str, bytes]:
    """The initial states of a domain.

    Args:
        settle: statements of its rules over fresh rows.
    """
    return {
        state: populate(
            manifest.tables, size, f"{seed}/{state}", manifest.now, settle, manifest.values
        )
        for state, size in STATE_SIZES.items()
    }


def draft_of(domain: Domain) -> Draft:
    """The draft that a domain made by rules came from, without what was turned away."""
    manifest = domain.manifest
    tools = [whole(tool, manifest.table) for tool in manifest.tools]
    told = {tool.origin: tool.description for tool in manifest.tools}
    return connected(tools, manifest.table, told, [])


def identity_of(domain: Domain) -> Identity:
    manifest = domain.manifest
    return Identity(
        id=manifest.id,
        service_title=manifest.title.rpartition(": ")[0],
        service=manifest.service,
        provider=manifest.provider,
        now=manifest.now,
    )


def with_faults_counted(domain: Domain, count: int) -> Domain:
    """The domain, whose certificate tells how many of `count` faults its checks catch."""
    if not count:
        return domain
    seeded = count_faults(fault_coverage(domain, count, seed=domain.id))
    certificate = domain.certificate.model_copy(update={"faults": seeded})
    return replace(domain, certificate=certificate)


def main_tables(draft: Draft) -> list[str]:
    """The tables that tools work on, those of most tools first."""
    used = Counter(tool.table for tool in draft.tools if not draft.tables[tool.table].is_link)
    return sorted(used, key=lambda name: (-used[name], name))


def _nouns(draft: Draft) -> str:
    return listing([plural_noun(draft.tables[name].noun) for name in main_tables(draft)[:3]])
