"""`load_vertical`: a vertical of this package as a certified domain.

In: the files of its folder (`domain.yaml`, `tools.py`, `settle.sql`).  Out: a `Domain` like any
other.  Nothing is kept between two calls; the same seed gives the same bytes.
"""

import yaml
from pydantic import ValidationError

from agentscaler.domain.certificate import Check, certify
from agentscaler.domain.describe import policy_text
from agentscaler.domain.domain import Domain, DomainManifest, DomainTool, Table
from agentscaler.domain.draft import Draft
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

__all__ = ["draft_vertical", "load_vertical", "vertical_names"]

_TRIALS = 40
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
    sheet, source, states, draft = draft_vertical(name, seed)
    toolbox = Toolbox.compile(source, draft.tools)
    certificate, failures = certify(
        toolbox,
        states,
        sheet.now,
        tool_trials(draft, sheet.now),
        trials=trials,
        seed=f"{seed}/{name}",
    )
    failures = [one for one in failures if one.check is not Check.SUCCEEDS]
    if failures:
        first = failures[0]
        raise InputError(
            f"The vertical {name} fails its certificate: {first.tool}: {first}.",
            "Correct its tools or their contracts.",
        )
    rules = derive_rules(sheet)
    return Domain(
        manifest=DomainManifest(
            id=name,
            title=sheet.title,
            service=_SERVICE,
            provider=_PROVIDER,
            engine="curated",
            now=sheet.now,
            tables=tuple(draft.tables.values()),
            tools=draft.tools,
            edges=draft.edges,
            rules=rules,
        ),
        schema_sql=schema_sql(draft.tables.values()),
        source=source,
        policy=_policy(sheet, draft.tools, draft.tables, rules),
        states=states,
        certificate=certificate,
    )


def draft_vertical(name: str, seed: int = 0) -> tuple[Sheet, str, dict[str, bytes], Draft]:
    """A vertical before it is certified: its sheet, source, initial states, tables and tools.

    Raises:
        InputError: there is none of that name, or a file does not hold what it should.
    """
    if name not in vertical_names():
        raise InputError(
            f"There is no vertical {name}.", f"The verticals are {', '.join(vertical_names())}."
        )
    folder = packaged_folder(name)
    source = (folder / "tools.py").read_text(encoding="utf-8")
    try:
        sheet = Sheet.model_validate(yaml.safe_load((folder / "domain.yaml").read_text("utf-8")))
        signatures = read_signatures(source, sheet.tools)
        tables = derive_tables(sheet)
        tools = derive_tools(name, sheet, tables, signatures)
        settle = (folder / "settle.sql").read_text(encoding="utf-8")
        states = {
            state: make_state(sheet, tables, settle, size, f"{seed}/{name}/{state}")
            for state, size in STATE_SIZES.items()
        }
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise InputError(
            f"The vertical {name} cannot be read: {error}.", "Correct its files."
        ) from error
    return sheet, source, states, Draft(tables, tools, tuple(connect(tools, tables)))


def _policy(
    sheet: Sheet,
    tools: tuple[DomainTool, ...],
    tables: dict[str, Table],
    rules: tuple[Rule, ...],
) -> str:
    """The policy: what every domain has, then this one's own rules and refusals."""
    lines = [f"- {rule.text}" for rule in rules]
    for tool in tools:
        texts = [one.text for one in tool.contract.requirements] if tool.contract else []
        said = list(dict.fromkeys(text for text in texts if text))
        if said and tool.precondition is None:
            lines.append(f"- {tool.name}: refused unless {'; '.join(said)}.")
    about = " ".join(sheet.about.split())
    return f"{policy_text(sheet.title, tools, tables)}\n{about}\n\n" + "\n".join(lines) + "\n"
