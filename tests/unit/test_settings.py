"""Settings: files, overrides, layers and the errors they give."""

from pathlib import Path

import pytest
from pydantic import Field

from agentscaler.errors import SettingsError
from agentscaler.settings import Layer, Section, compose, parse_override, read_config


class Kitchen(Section):
    ovens: int = Field(default=1, ge=1)
    heat: float = 0.5
    spices: tuple[str, ...] = ()


class House(Section):
    seed: int = 0
    kitchen: Kitchen = Kitchen()


def test_a_later_layer_replaces_a_leaf_and_keeps_its_neighbours() -> None:
    house = compose(
        House,
        [
            Layer("file", {"kitchen": {"ovens": 2, "heat": 0.25}}),
            Layer("--set", {"kitchen": {"ovens": 3}}),
        ],
    )
    assert house == House(kitchen=Kitchen(ovens=3, heat=0.25))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.yaml", "seed: 7\nkitchen:\n  ovens: 2\n"),
        ("c.toml", "seed = 7\n[kitchen]\novens = 2\n"),
        ("c.json", '{"seed": 7, "kitchen": {"ovens": 2}}'),
    ],
)
def test_yaml_toml_and_json_say_the_same(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    assert compose(House, [read_config(path)]) == House(seed=7, kitchen=Kitchen(ovens=2))


def test_an_empty_file_sets_nothing(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("")
    assert compose(House, [read_config(path)]) == House()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.yaml", "a: [1"),
        ("c.toml", "a = "),
        ("c.json", '{"a": '),
        ("c.yaml", "- 1\n- 2\n"),
        ("c.ini", "a=1"),
        ("c.json", "[]"),
    ],
)
def test_a_file_that_is_no_mapping_of_settings_is_named_in_the_error(
    tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(SettingsError, match=name):
        read_config(path)


def test_a_missing_file_is_named_in_the_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"absent\.yaml cannot be read"):
        read_config(tmp_path / "absent.yaml")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("seed=7", {"seed": 7}),
        ("kitchen.heat=0.75", {"kitchen": {"heat": 0.75}}),
        ("kitchen.spices=[salt, mint]", {"kitchen": {"spices": ["salt", "mint"]}}),
        ("a=null", {"a": None}),
        ("a=b=c", {"a": "b=c"}),
        ("a=", {"a": None}),
    ],
)
def test_an_override_is_read_as_a_path_and_a_yaml_value(
    text: str, values: dict[str, object]
) -> None:
    assert parse_override(text).values == values


@pytest.mark.parametrize("text", ["seed", "=3", "a..b=1", ".=1", "a=[1", ""])
def test_an_override_without_key_or_yaml_value_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        parse_override(text)


def test_an_unknown_key_is_answered_with_the_nearest_known_one() -> None:
    with pytest.raises(SettingsError) as caught:
        compose(House, [parse_override("kitchen.oven=2")])
    assert str(caught.value) == (
        "There is no setting kitchen.oven (from --set). Did you mean kitchen.ovens?"
    )


def test_a_key_without_its_section_is_answered_with_the_whole_path() -> None:
    with pytest.raises(SettingsError, match=r"Did you mean kitchen\.heat\?"):
        compose(House, [parse_override("heat=0.1")])


def test_a_key_like_no_other_is_answered_with_all_of_its_section() -> None:
    with pytest.raises(SettingsError, match=r"Known settings: kitchen\.ovens, kitchen\.heat"):
        compose(House, [parse_override("kitchen.xyzzy=0.1")])


def test_a_wrong_value_is_answered_with_key_value_place_and_what_is_allowed() -> None:
    with pytest.raises(SettingsError) as caught:
        compose(House, [Layer("c.yaml", {"kitchen": {"ovens": 0}})])
    assert "The setting kitchen.ovens cannot be 0 (from c.yaml)" in caught.value.what
    assert "greater than or equal to 1" in caught.value.what


def test_the_place_named_is_the_layer_that_won() -> None:
    with pytest.raises(SettingsError, match="from --set"):
        compose(House, [Layer("c.yaml", {"seed": 1}), parse_override("seed=many")])


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        compose(House, [parse_override("seed=many"), parse_override("kitchen.spices=[1]")])
    assert "seed" in caught.value.what
    assert "kitchen.spices.0" in caught.value.what


def test_a_scalar_in_place_of_a_section_is_refused() -> None:
    with pytest.raises(SettingsError, match="kitchen cannot be 3"):
        compose(House, [parse_override("kitchen=3")])
