"""Answers about the tools of the box office, as a good model gives them, and the asking."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agentscaler.corpus import (
    ReadTool,
    Rewritten,
    ToolSpec,
    rewrite_tools,
)
from agentscaler.graph import tool_reading
from agentscaler.llm import Completion, PartMaker, Request, Script, ScriptedModel

BOX_OFFICE = Path(__file__).parents[1] / "box_office.json"

Entry = dict[str, Any]
Answers = list[Entry]


class Listening(ScriptedModel):
    """A scripted model that remembers what it was asked."""

    def __init__(self, answers: Sequence[Any]) -> None:
        rules: list[dict[str, Any]] = [{"json": one, "times": 1} for one in answers[:-1]]
        super().__init__(Script.parse(json.dumps([*rules, {"json": answers[-1]}])))
        self.requests: list[Request] = []

    async def complete(self, request: Request) -> Completion:
        self.requests.append(request)
        return await super().complete(request)


def described(name: str, does: str, needs: str, gives: str, **parameters: str) -> Entry:
    return {
        "id": f"local.box-office.{name}",
        "does": does,
        "needs": needs,
        "gives": gives,
        "parameters": [{"name": key, "description": text} for key, text in parameters.items()],
    }


def judged(name: str, reason: str, **verdicts: bool) -> Entry:
    judgement = {"reason": reason, "clear": True, "wanted": True, "tellable": True} | verdicts
    return {"id": f"local.box-office.{name}", "judgement": judgement}


def good_texts() -> Answers:
    """What a careful model writes about six tools of a box office."""
    show = {"showId": "ID of the show."}
    return [
        described(
            "CancelShow",
            "Cancels a show, so that it no longer takes place.",
            "Needs the ID of the show.",
            "",
            showId="ID of the show to cancel.",
        ),
        described(
            "CreateShow",
            "Puts a new show on the programme of a venue.",
            "Needs the venue's ID and a title; a description, the ticket price and the class are"
            " optional.",
            "Returns the show with its showId, venue, title and ticket price.",
            venueId="ID of the venue where the show takes place.",
            title="What the show is called on tickets and posters.",
            description="A few words about the show for visitors.",
            ticketPrice="What one ticket costs.",
            **{"class": "The kind of performance that the show is."},
        ),
        described(
            "GetShow",
            "Looks up one show.",
            "Needs the ID of the show.",
            "Returns the show with its title, venue and status.",
            showId="ID of the show to look up.",
        ),
        described(
            "ListShows",
            "Lists what is on at one venue.",
            "Needs the venue's ID; can be narrowed by status.",
            "Returns the shows, each with its ID and title.",
            venueId="ID of the venue whose shows are listed.",
            status="Only shows in this state, such as scheduled or cancelled.",
        ),
        described(
            "RegisterVisitor",
            "Registers a person as a visitor of the box office.",
            "Needs the visitor's full name; an email address is optional.",
            "Returns the visitor with a visitor ID, the full name and the email.",
            fullName="First and last name of the visitor.",
            email="Where the visitor is written to.",
        ),
        described(
            "UpdateShow",
            "Changes the description or the ticket price of a show.",
            "Needs the show's ID; the new description and the new ticket price are optional.",
            "",
            showId=show["showId"].replace("show.", "show to change."),
            description="The new words about the show.",
            ticketPrice="What one ticket costs from now on.",
        ),
    ]


NAMES = tuple(entry["id"].rpartition(".")[2] for entry in good_texts())


def rewrite(
    tools: Sequence[ToolSpec],
    *answers: Any,
    parts: Sequence[str] = ("description",),
    read: ReadTool = tool_reading,
) -> tuple[Rewritten, list[Request]]:
    model = Listening([{"tools": one} if isinstance(one, list) else one for one in answers])
    rewritten = asyncio.run(rewrite_tools(tools, PartMaker(model, "pool"), parts, read))
    return rewritten, model.requests


def changed(name: str, **new: Any) -> Answers:
    """The good texts with some of one tool's replaced."""
    return [
        entry | new if entry["id"] == f"local.box-office.{name}" else entry
        for entry in good_texts()
    ]


def kept_drafts(rewritten: Rewritten) -> dict[str, str]:
    return {
        one.subject.rpartition(".")[2]: one.detail
        for one in rewritten.records
        if one.maker == "rules"
    }
