"""Domains from drafts, and drafts from domains."""

from agentscaler.domain import Domain
from agentscaler.domain.assemble import assemble, draft_of, identity_of


def test_a_domain_is_made_again_letter_for_letter_from_its_own_draft(box_office: Domain) -> None:
    again = assemble(identity_of(box_office), draft_of(box_office), f"0/{box_office.id}")
    assert again.manifest == box_office.manifest
    assert again.source == box_office.source
    assert again.schema_sql == box_office.schema_sql
    assert again.policy == box_office.policy
    assert again.states == box_office.states
