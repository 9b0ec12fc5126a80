"""`load_vertical`: a vertical of this package as a certified domain.

In: the files of its folder (`domain.yaml`, `tools.py`, `settle.sql`).  Out: a `Domain` like any
other.  Nothing is kept between two calls; the same seed gives the same bytes.
"""

from dataclasses import dataclass

import yaml
from pydantic import ValidationError

from agentscaler.corpus.english import listing
from agentscaler.domain.certify import certify
from agentscaler.domain.describe import policy_text
from agentscaler.domain.domain import Domain, DomainEdge, DomainManifest, DomainTool, Table
from agentscaler.domain.edges import connect
from agentscaler.domain.packaged import packaged_folder, packaged_names
from agentscaler.domain.populate import STATE_SIZES
from agentscaler.domain.rule import Rule
from agentscaler.domain.schema import schema_sql
from agentscaler.domain.trials import tool_trials
from agentscaler.domain.verticals.derive import derive_rules, derive_tables, derive_tools
from agentscaler.domain.verticals.sheet import Sheet
from agentscaler.domain.verticals.signature import read_signatures
from agentscaler.domain.verticals.states import make_state
from agentscaler.errors import InputError
from agentscaler.world.toolbox import Toolbox

__all__ = ["VerticalDraft", "draft_vertical", "load_vertical", "vertical_names"]

_TRIALS = 200
_SERVICE = "verticals"
_PROVIDER = "agentscaler"


def vertical_names() -> tuple[str, ...]:
    """The names of the verticals, sorted."""
    return packaged_names()


def load_vertical(name: str, seed: int = 0, trials: int = _TRIALS) -> Domain:
    """The vertical called `name`, made and certified.

    Args:
        seed: of its initial states and of the trials.
        trials: calls a tool in its certificate.

    Raises:
        InputError: there is none of that name, a file does not hold what it should, or a check of
            the certificate fails.
    """
    draft = draft_vertical(name, seed)
    certificate, failures = certify(
        Toolbox.compile(draft.source, draft.tools),
        draft.states,
        draft.now,
        tool_trials(draft.tools, draft.tables, draft.now),
        rules=draft.rules,
        trials=trials,
        seed=f"{seed}/{name}",
    )
    if failures:
        first = failures[0]
        raise InputError(
            f"The vertical {name} fails its certificate: {first.tool}: {first}.",
            "Correct its tools or their contracts.",
        )
    return Domain(
        manifest=DomainManifest(
            id=name,
            title=draft.title,
            service=_SERVICE,
            provider=_PROVIDER,
            engine="curated",
            now=draft.now,
            tables=tuple(draft.tables.values()),
            tools=draft.tools,
            edges=draft.edges,
            rules=draft.rules,
            speaker=draft.speaker,
        ),
        schema_sql=schema_sql(draft.tables.values()),
        source=draft.source,
        policy=_policy(draft),
        states=draft.states,
        certificate=certificate,
        trusted=True,
    )


@dataclass(frozen=True)
class VerticalDraft:
    """A vertical before it is certified."""

    title: str
    about: str
    now: str
    speaker: str | None
    source: str
    tables: dict[str, Table]
    tools: tuple[DomainTool, ...]
    edges: tuple[DomainEdge, ...]
    rules: tuple[Rule, ...]
    states: dict[str, bytes]


def draft_vertical(name: str, seed: int = 0) -> VerticalDraft:
    """The vertical called `name`, not certified.

    Raises:
        InputError: there is none of that name, or a file does not hold what it should.
    """
    if name not in vertical_names():
        raise InputError(
            f"There is no vertical {name}.", f"The verticals are {', '.join(vertical_names())}."
        )
    folder = packaged_folder(name)
    try:
        source = (folder / "tools.py").read_text(encoding="utf-8")
        settle = (folder / "settle.sql").read_text(encoding="utf-8")
        sheet = Sheet.model_validate(yaml.safe_load((folder / "domain.yaml").read_text("utf-8")))
        signatures = read_signatures(source, sheet.tools)
        tables = derive_tables(sheet)
        tools = derive_tools(name, sheet, tables, signatures)
        rules = derive_rules(sheet)
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise InputError(
            f"The vertical {name} cannot be read: {error}.", "Correct its files."
        ) from error
    return VerticalDraft(
        title=sheet.title,
        about=" ".join(sheet.about.split()),
        now=sheet.now,
        speaker=sheet.speaker,
        source=source,
        tables=tables,
        tools=tools,
        edges=tuple(connect(tools, tables)),
        rules=rules,
        states={
            state: make_state(sheet, tables, settle, size, f"{seed}/{name}/{state}")
            for state, size in STATE_SIZES.items()
        },
    )


def _policy(draft: VerticalDraft) -> str:
    """The policy: what every domain has, what this one is, its rules and its refusals."""
    lines = [policy_text(draft.title, draft.tools, draft.rules).rstrip(), "", draft.about, ""]
    for tool in draft.tools:
        demands = tool.contract.requirements if tool.contract is not None else ()
        texts = list(dict.fromkeys(demand.text for demand in demands if demand.text))
        if texts:
            lines.append(f"- {tool.name} is refused unless {listing(texts)}.")
    return "\n".join(lines) + "\n"
