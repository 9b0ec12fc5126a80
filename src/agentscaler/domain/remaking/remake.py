"""`remake_domain`: one domain through all the parts that a language model is to make.

In: a certified domain.  Out: the same domain with every part that was asked for and found sound,
certified on what it now is, and a record a part that says who made it.  The parts come in the order
in which they build on each other: schema, values, edges, code, actions, policy.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agentscaler.corpus.tool import ToolSpec
from agentscaler.domain.assemble import draft_of, make_states, with_faults_counted
from agentscaler.domain.domain import ColumnValues, Domain
from agentscaler.domain.examine import examine
from agentscaler.domain.remaking.actions import ACTION_PROMPT, add_actions
from agentscaler.domain.remaking.code import CODE_PROMPT, remake_code
from agentscaler.domain.remaking.edges import EDGES_PROMPT, make_edges
from agentscaler.domain.remaking.policy import POLICY_PROMPT, make_policy
from agentscaler.domain.remaking.records import maker_of, turned_away
from agentscaler.domain.remaking.schema import SCHEMA_PROMPT, make_schema
from agentscaler.domain.remaking.values import VALUES_PROMPT, make_values
from agentscaler.domain.settings import DomainSettings
from agentscaler.ledger import fault_text
from agentscaler.llm import MakerRecord, PartMaker, Prompt

__all__ = ["DOMAIN_PROMPTS", "Remade", "remake_domain"]

DOMAIN_PROMPTS: dict[str, Prompt] = {
    "schema": SCHEMA_PROMPT,
    "values": VALUES_PROMPT,
    "edges": EDGES_PROMPT,
    "code": CODE_PROMPT,
    "actions": ACTION_PROMPT,
    "policy": POLICY_PROMPT,
}
"""What a model is told, by part; a part of the fingerprint of what it makes."""


@dataclass(frozen=True)
class Remade:
    """A domain after a model, and who made which part of it.

    Attributes:
        domain: its certificate holds; it has all the tools that it had, and those of new actions.
    """

    domain: Domain
    records: list[MakerRecord]


async def remake_domain(
    domain: Domain,
    maker: PartMaker,
    settings: DomainSettings,
    seed: int = 0,
    refused: Sequence[ToolSpec] = (),
) -> Remade:
    """Makes the wanted parts of a domain anew; those of a vertical were written by people and stay.

    Args:
        domain: made by rules and certified, as `build_domains` gives it.
        seed: of the run; that of the domain's states and certificate comes of it.
        refused: operations that its rules could not bind, see `DomainOutcome`.

    Raises:
        AgentScalerError: the endpoint answers nobody, or the budget is spent.
        JailError: code is to be written, and this machine cannot confine it.
    """
    if domain.manifest.engine != "rules":
        return Remade(domain, [])
    wanted = settings.wanted_parts
    before, records = domain, list[MakerRecord]()
    own = f"{seed}/{domain.id}"
    if "schema" in wanted:
        domain, made = await make_schema(domain, maker, settings.trials, own)
        domain = _credited(domain, "schema", made)
        records += made
    if "values" in wanted:
        domain, made = await _with_values(domain, maker, settings.trials, own)
        records += made
    if "edges" in wanted:
        edges, made = await make_edges(domain, maker, own)
        manifest = domain.manifest.model_copy(update={"edges": edges})
        domain = _credited(replace(domain, manifest=manifest), "edges", made)
        records += made
    if "code" in wanted:
        domain, made = await remake_code(domain, maker, settings, own)
        domain = _credited(domain, "code", made)
        records += made
    if "actions" in wanted:
        domain, made = await add_actions(domain, refused, maker, settings, own)
        domain = _credited(domain, "actions", made)
        records += made
    if "policy" in wanted:
        policy, made = await make_policy(domain, maker)
        domain = _credited(replace(domain, policy=policy), "policy", made)
        records += made
    if domain.certificate != before.certificate and domain.manifest.engine == "rules":
        domain = await asyncio.to_thread(with_faults_counted, domain, settings.faults)
    return Remade(domain, records)


async def _with_values(
    domain: Domain, maker: PartMaker, trials: int, seed: str
) -> tuple[Domain, list[MakerRecord]]:
    """The domain with values of the model in its states, if the states certify."""
    values, records = await make_values(domain, maker)
    if not values:
        return domain, records
    filled = await asyncio.to_thread(_filled, domain, values, trials, seed)
    if isinstance(filled, str):
        return domain, turned_away(records, filled)
    return _credited(filled, "values", records), records


def _filled(domain: Domain, values: Sequence[ColumnValues], trials: int, seed: str) -> Domain | str:
    """The domain with new states, certified on them; or why they cannot be."""
    manifest = domain.manifest.model_copy(update={"values": tuple(values)})
    try:
        states = make_states(manifest, seed, draft_of(domain).supply.settle)
        made = replace(domain, manifest=manifest, states=states)
        certificate, failures = examine(made, trials=trials, seed=seed)
    except Exception as error:  # whatever values break: the states stay as they were
        return f"no states can be made of them: {fault_text(error)}"
    if failures:
        return f"the states do not certify: {failures[0].tool} {failures[0]}"
    return replace(made, certificate=certificate)


def _credited(domain: Domain, part: str, records: Sequence[MakerRecord]) -> Domain:
    """The domain, whose manifest names the model that made something of a part."""
    model = maker_of(records)
    if model is None:
        return domain
    makers = {**domain.manifest.makers, part: model}
    return replace(domain, manifest=domain.manifest.model_copy(update={"makers": makers}))
