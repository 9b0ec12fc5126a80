"""Landlock's rulesets, ABI by ABI."""

import struct
import subprocess
import sys

import pytest

from agentscaler.world.landlock import NEWEST_ABI, available_abi, ruleset

RIGHTS = {
    1: (0x1FFF,),
    2: (0x3FFF,),
    3: (0x7FFF,),
    4: (0x7FFF, 3),
    5: (0xFFFF, 3),
    6: (0xFFFF, 3, 3),
    7: (0xFFFF, 3, 3),
}


@pytest.mark.parametrize("abi", range(1, NEWEST_ABI + 1))
def test_a_ruleset_handles_every_right_of_its_abi_and_no_other(abi: int) -> None:
    fields = ruleset(abi)
    assert struct.unpack(f"={len(fields) // 8}Q", fields) == RIGHTS[abi]


IN_CHILDREN = """
import ctypes, os, sys
from agentscaler.world.landlock import deny_all
ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
for abi in range(1, int(sys.argv[1]) + 1):
    child = os.fork()
    if not child:
        deny_all(abi)
        try:
            os.listdir("/")
        except PermissionError:
            os._exit(0)
        os._exit(1)
    assert os.waitpid(child, 0)[1] == 0, abi
print("denied")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="landlock is Linux's")
def test_every_abi_that_the_kernel_knows_denies_files() -> None:
    newest = min(available_abi(), NEWEST_ABI)
    if not newest:
        pytest.skip("this kernel has no landlock")
    command = [sys.executable, "-c", IN_CHILDREN, str(newest)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "denied\n", done.stderr
