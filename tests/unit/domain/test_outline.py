"""Tables in the making: cycles of references, and names that hold within an owner."""

from agentscaler.domain.outline import Outline, Reference, cut_cycles


def outline(resource: str, **references: Reference) -> Outline:
    return Outline(resource, {}, False, f"{resource}_id", dict(references))


def test_of_a_cycle_the_reference_goes_that_a_row_can_lack() -> None:
    drafts = {
        "repo": outline("repo", user_id=Reference("user", nullable=True)),
        "branch": outline("branch", repo_id=Reference("repo", nullable=False)),
        "user": outline("user", branch_id=Reference("branch", nullable=False)),
    }
    cut_cycles(drafts)
    assert [list(draft.references) for draft in drafts.values()] == [[], ["repo_id"], ["branch_id"]]


def test_what_only_leads_to_a_cycle_keeps_its_references() -> None:
    drafts = {
        "a": outline("a", b_id=Reference("b", nullable=False)),
        "b": outline("b", a_id=Reference("a", nullable=False)),
        "c": outline("c", a_id=Reference("a", nullable=True)),
    }
    cut_cycles(drafts)
    assert list(drafts["c"].references) == ["a_id"]
    assert len(drafts["a"].references) + len(drafts["b"].references) == 1


def test_a_table_may_refer_to_itself() -> None:
    drafts = {"folder": outline("folder", parent_folder_id=Reference("folder", nullable=True))}
    cut_cycles(drafts)
    assert list(drafts["folder"].references) == ["parent_folder_id"]
