"""Configurations for several GPUs."""

from pathlib import Path

import pytest
import yaml

from agentscaler.errors import InputError
from agentscaler.training.launch import launch_configuration, launch_names


@pytest.mark.parametrize("name", launch_names())
def test_a_configuration_is_one_that_accelerate_reads(name: str, tmp_path: Path) -> None:
    text = launch_configuration(name, gpus=16, machines=2)
    values = yaml.safe_load(text)
    assert (values["num_processes"], values["num_machines"]) == (16, 2)
    pytest.importorskip("accelerate", reason="needs the extra train")
    from accelerate.commands.config.config_args import load_config_from_file

    (tmp_path / "launch.yaml").write_text(text)
    config = load_config_from_file(str(tmp_path / "launch.yaml"))
    assert str(config.distributed_type.value) == {"fsdp2": "FSDP", "deepspeed": "DEEPSPEED"}[name]


def test_what_cannot_be_launched_is_an_error() -> None:
    with pytest.raises(InputError, match="no configuration zero") as error:
        launch_configuration("zero", gpus=8)
    assert "deepspeed, fsdp2" in error.value.remedy
    with pytest.raises(InputError, match="9 GPUs cannot be shared equally by 2 machines"):
        launch_configuration("fsdp2", gpus=9, machines=2)
