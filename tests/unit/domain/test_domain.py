"""Where the tools of a domain run."""

from dataclasses import replace
from pathlib import Path

import pytest

from agentscaler.domain.domain import Domain
from agentscaler.domain.folder import load_domain, save_domain
from agentscaler.domain.verticals import load_vertical
from agentscaler.world.jail import REQUIRED, JailError
from agentscaler.world.jailed import JailedWorld
from agentscaler.world.workers import probe


@pytest.fixture(scope="module")
def shop() -> Domain:
    return load_vertical("retail", trials=12)


def stored(domain: Domain, folder: Path) -> Domain:
    save_domain(domain, folder)
    return load_domain(folder)


def test_tools_that_somebody_vouches_for_run_in_this_process(library: Domain) -> None:
    with library.world("main") as world:
        assert not isinstance(world, JailedWorld)


def test_other_tools_run_in_a_jail_or_not_at_all(library: Domain) -> None:
    stranger = replace(library, trusted=False)
    if not probe().holding >= REQUIRED:
        with pytest.raises(JailError):
            stranger.world("main")
        return
    with stranger.world("main") as jailed, library.world("main") as here:
        assert isinstance(jailed, JailedWorld)
        tool = next(tool.name for tool in library.manifest.tools if tool.effect == "read")
        assert jailed.call(tool, {}) == here.call(tool, {})


def test_what_the_rules_made_is_known_again(box_office: Domain, tmp_path: Path) -> None:
    assert stored(box_office, tmp_path).trusted


def test_a_folder_that_only_says_it_is_the_rules_is_not_believed(
    box_office: Domain, tmp_path: Path
) -> None:
    changed = replace(box_office, source=box_office.source + "\n\nEXTRA = 1\n")
    assert not stored(changed, tmp_path).trusted


def test_a_name_that_could_be_code_is_not_trusted(box_office: Domain, tmp_path: Path) -> None:
    first, *rest = box_office.manifest.tables
    crafted = first.model_copy(update={"noun": 'event {db.run("DELETE FROM events")}'})
    manifest = box_office.manifest.model_copy(update={"tables": (crafted, *rest)})
    assert not stored(replace(box_office, manifest=manifest), tmp_path).trusted


def test_a_vertical_is_known_again_until_a_letter_of_its_tools_changes(
    shop: Domain, tmp_path: Path
) -> None:
    assert stored(shop, tmp_path / "own").trusted
    dearer = replace(shop, source=shop.source.replace('"express": 12', '"express": 13'))
    assert dearer.source != shop.source
    assert not stored(dearer, tmp_path / "changed").trusted
