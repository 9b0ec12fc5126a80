"""The tables of a domain, mended and filled out by a model.

In: a certified domain made by rules.  Out: the domain with edited tables, made again from its draft
by the code that made it first: rules, contracts, tools, policy and states follow from the tables.

The edits of a table are taken where each of them is allowed (`remaking.edits`), the whole still
makes a domain with all of its tools and rules, that domain is trusted, letter for letter what this
package makes of its manifest, and its certificate holds.  A certificate shows that the tools do
what their contracts say on these tables; that a column means what the model says it means, it
cannot show.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from agentscaler.domain.assemble import assemble, draft_of, identity_of
from agentscaler.domain.domain import Domain, DomainTool, Table
from agentscaler.domain.draft import Draft
from agentscaler.domain.examine import examine
from agentscaler.domain.provenance import is_own
from agentscaler.domain.remaking.allowed import edit_faults
from agentscaler.domain.remaking.editing import edited
from agentscaler.domain.remaking.edits import MEANINGS, SchemaEdits, TableEdit, is_open
from agentscaler.domain.remaking.records import left_as_drafted
from agentscaler.domain.rule import Pattern
from agentscaler.errors import AgentScalerError
from agentscaler.ledger import fault_text
from agentscaler.llm import MakerRecord, PartMaker, Prompt

__all__ = ["SCHEMA_PROMPT", "make_schema"]

SCHEMA_PROMPT = Prompt.read("agentscaler.domain", "schema.md")


async def make_schema(
    domain: Domain, maker: PartMaker, trials: int, seed: str
) -> tuple[Domain, list[MakerRecord]]:
    """The domain on the tables that the model mended, certified; the same domain where no edit was
    sound.  The records speak of tables ("shop/orders").

    Args:
        trials: calls a tool in the certificate.
        seed: of states and certificate.
    """
    draft = draft_of(domain)
    tables = [table for table in draft.tables.values() if is_open(table)]
    subject = {table.name: f"{domain.id}/{table.name}" for table in tables}
    attempt = _Attempt(domain, draft, trials, seed)

    async def check(answer: SchemaEdits) -> dict[str, list[str]]:
        found = await asyncio.to_thread(attempt.faults, answer)
        return {subject.get(table, ""): wrong for table, wrong in found.items()}

    asked = await maker.make(
        "schema",
        list(subject.values()),
        SCHEMA_PROMPT,
        _given(domain, tables),
        SchemaEdits,
        check,
    )
    if not asked.sound:
        return domain, list(asked.records)
    edits = asked.answer.tables if asked.answer is not None else ()
    touched = {subject[edit.table] for edit in edits if not edit.is_empty}
    return attempt.made, left_as_drafted(asked.records, asked.sound - touched)


class _Attempt:
    """Holds answers against the draft.

    Attributes:
        made: the domain with all the edits of the last answer that were found sound.
    """

    def __init__(self, domain: Domain, draft: Draft, trials: int, seed: str) -> None:
        self.made = domain
        self._domain = domain
        self._draft = draft
        self._trials = trials
        self._seed = seed

    def faults(self, answer: SchemaEdits) -> dict[str, list[str]]:
        """What is wrong, by table; "" for the answer itself."""
        self.made = self._domain
        names = [edit.table for edit in answer.tables]
        known = {table.name for table in self._draft.tables.values() if is_open(table)}
        unknown = sorted({name for name in names if name not in known})
        if unknown:
            return {"": [f"there is no table {name[:60]!r} to edit" for name in unknown[:5]]}
        twice = sorted({name for name in names if names.count(name) > 1})
        faults = {name: ["it is edited twice; say all in one place"] for name in twice}
        for edit in answer.tables:
            wrong = edit_faults(edit, self._draft) if edit.table not in faults else []
            if wrong:
                faults[edit.table] = wrong[:8]
        for noun, edits in self._nouns(answer).items():
            for edit in edits[1:]:
                faults.setdefault(edit.table, []).append(f"another table gets the noun {noun!r}")
        sound = [edit for edit in answer.tables if edit.table not in faults and not edit.is_empty]
        return faults | self._tried(sound)

    def _nouns(self, answer: SchemaEdits) -> dict[str, list[TableEdit]]:
        """The edits of tables by the nouns that they give."""
        nouns: dict[str, list[TableEdit]] = {}
        for edit in answer.tables:
            if edit.noun is not None:
                nouns.setdefault(edit.noun, []).append(edit)
        return nouns

    def _tried(self, edits: list[TableEdit]) -> dict[str, list[str]]:
        """Makes the domain with all edits; where that fails, with one table after the other."""
        if not edits:
            return {}
        made = self._make(edits)
        if isinstance(made, Domain):
            self.made = made
            return {}
        if len(edits) == 1:
            return {edits[0].table: [made]}
        faults: dict[str, list[str]] = {}
        taken: list[TableEdit] = []
        for edit in edits:
            made = self._make([*taken, edit])
            if isinstance(made, Domain):
                self.made = made
                taken.append(edit)
            else:
                faults[edit.table] = [made]
        return faults

    def _make(self, edits: list[TableEdit]) -> Domain | str:
        """The certified domain with some edits, or why there is none."""
        try:
            return self._certified(edited(self._draft, edits))
        except (
            Exception
        ) as error:  # an edit may break whatever relies on tables: not its certificate
            told = str(error) if isinstance(error, AgentScalerError) else fault_text(error)
            return f"no domain can be made of it: {told}"

    def _certified(self, draft: Draft) -> Domain | str:
        before = self._domain.manifest
        lost = sorted(before.tool.keys() - {tool.name for tool in draft.tools})
        if lost:
            return f"the service would lose {', '.join(lost)}"
        ruled = {rule.id for rule in before.rules if rule.pattern is not Pattern.RANGE}
        gone = sorted(ruled - {rule.id for rule in draft.supply.rules})
        if gone:
            return f"the service would lose the rules {', '.join(gone)}"
        kept = {(table.name, column) for table in before.tables for column in table.by_name}
        values = [one for one in before.values if (one.table, one.column) in kept]
        made = assemble(identity_of(self._domain), draft, self._seed, values)
        manifest = made.manifest.model_copy(update={"makers": before.makers})
        made = replace(made, manifest=manifest)
        if not is_own(made.manifest, made.source):
            return "a name or word of it cannot stand in the service's software"
        certificate, failures = examine(made, trials=self._trials, seed=self._seed)
        if failures:
            told = "; ".join(f"{one.tool or 'the data'}: {one}" for one in failures[:3])
            return f"the software does not pass its tests with it: {told}"
        return replace(made, certificate=certificate)


def _given(domain: Domain, tables: list[Table]) -> dict[str, object]:
    """What the model is told: tables, the tools over them, the meanings to choose from."""
    tools = domain.manifest.tools
    return {
        "service": domain.manifest.title,
        "tables": {
            table.name: {
                "noun": table.noun,
                "key": table.key[0],
                "label": table.label,
                "columns": [
                    _column(table, name, _writers(tools, table.name, name))
                    for name in table.by_name
                ],
            }
            for table in tables
        },
        "tools": {tool.name: tool.description.split(". ")[0] for tool in tools},
        "meanings": {
            "text": list(MEANINGS["text"]),
            "integer": list(MEANINGS["integer"]),
            "real": ["all of integer", "latitude", "longitude"],
            "boolean": list(MEANINGS["boolean"]),
            "date and timestamp": list(MEANINGS["date"]),
        },
    }


def _writers(tools: Sequence[DomainTool], table: str, column: str) -> list[str]:
    """The tools that are given a column's value."""
    return [
        tool.name
        for tool in tools
        if tool.effect == "write"
        and any(
            role.column == column and table in {role.table, tool.table} and role.kind != "key"
            for role in tool.arguments.values()
        )
    ]


def _column(table: Table, name: str, writers: list[str]) -> dict[str, object]:
    column = table.by_name[name]
    told: dict[str, object] = {"name": name, "type": column.type, "noun": column.noun}
    if column.meaning and column.references is None and not column.enum:
        told["meaning"] = column.meaning
    if column.references is not None:
        told["references"] = column.references
    if column.enum:
        told["enum"] = list(column.enum)
    told |= {
        word: bound
        for word, bound in (("minimum", column.minimum), ("maximum", column.maximum))
        if bound is not None
    }
    if not column.nullable:
        told["nullable"] = False
    if column.unique:
        told["unique"] = True
    if writers:
        told["written_by"] = writers
    if column.description:
        told["told"] = column.description[:160]
    return told
