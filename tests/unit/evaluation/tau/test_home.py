import sys
from pathlib import Path

import pytest

from agentscaler.errors import InputError
from agentscaler.evaluation.tau.home import Home
from tests.unit.evaluation.tau.homes import fake_home


def test_a_folder_that_is_no_checkout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no checkout of tau2") as raised:
        Home.find("tau2", tmp_path, sys.executable)
    assert "tau2-bench" in raised.value.remedy


def test_an_interpreter_that_is_not_there_is_told(tmp_path: Path) -> None:
    home = fake_home(tmp_path / "home")
    with pytest.raises(InputError, match="There is no program"):
        Home.find("tau2", home.path, str(tmp_path / "python"))


def test_the_interpreter_of_an_environment_is_not_followed_to_another(tmp_path: Path) -> None:
    home = fake_home(tmp_path / "home")
    link = tmp_path / "environment-python"
    link.symlink_to(sys.executable)
    assert Home.find("tau2", home.path, str(link)).python == link


def test_the_fingerprint_changes_with_the_data_but_not_with_what_only_voice_needs(
    tmp_path: Path,
) -> None:
    home = fake_home(tmp_path / "home")
    shop = home.path / "data" / "tau2" / "domains" / "shop"
    before = home.fingerprint("shop")
    (shop / "tasks_voice.json").write_text("[]")
    assert home.fingerprint("shop") == before
    (shop / "db.json").write_text('{"total": 1}')
    assert home.fingerprint("shop") != before


def test_a_variant_of_a_domain_has_the_data_of_the_domain(tmp_path: Path) -> None:
    home = fake_home(tmp_path / "home")
    assert home.fingerprint("shop-workflow") == home.fingerprint("shop") != ""
    assert home.fingerprint("nowhere") == ""
