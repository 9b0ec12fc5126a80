"""The words for deeds that are done to many rows, or only perhaps."""

from agentscaler.domain import Domain
from agentscaler.domain.domain import Ask
from agentscaler.domain.verticals import load_vertical
from agentscaler.task.spoken_deeds import is_added, spoken_deed


def test_a_tool_tells_its_words_by_its_name(box_office: Domain) -> None:
    deed = spoken_deed(box_office.manifest.tool["cancel_show"], "show_id")
    assert deed is not None
    assert (deed.verb, deed.gerund, deed.done) == ("cancel", "canceling", "canceled") or (
        deed.verb == "cancel" and deed.gerund.startswith("cancel")
    )
    assert deed.argument == "show_id"


def test_a_deed_of_its_own_tells_them_by_what_is_asked_and_reported() -> None:
    tool = load_vertical("retail").manifest.tool["withdraw_return"]
    deed = spoken_deed(tool, "")
    assert deed is not None
    assert (deed.verb, deed.done, deed.argument) == ("withdraw", "withdrawn", "return_id")


def test_a_deed_that_takes_more_words_has_none() -> None:
    tool = load_vertical("retail").manifest.tool["withdraw_return"]
    report = "{return_id} has been withdrawn."
    for request in ("take {return_id} back", "withdraw {return_id} for {customer_id}"):
        other = tool.model_copy(update={"ask": Ask(request=request, report=report)})
        assert spoken_deed(other, "") is None


def test_reasons_and_questions_may_be_left_out() -> None:
    assert is_added("and tell me the refund")
    assert is_added("because it works again")
    assert not is_added("to another day")
