"""The jail: what a worker process gives up, for good, before it sees a tool.

In: limits, and the two pipes that are all that the process keeps.  Out: a `JailReport` that says,
layer by layer, what holds and why the rest does not.  Layers do not depend on each other: what one
kernel or container refuses leaves the others in place, and the parent decides which are a must.
"""

import ctypes
import os
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from pydantic import BaseModel, ConfigDict

from agentscaler.errors import AgentScalerError
from agentscaler.world.landlock import NEWEST_ABI, available_abi, deny_all

if sys.platform != "win32":
    import resource

__all__ = [
    "REQUIRED",
    "JailError",
    "JailLimits",
    "JailReport",
    "Layer",
    "LayerReport",
    "enter",
    "nowhere",
]


class Layer(StrEnum):
    """One way in which a worker process is confined."""

    ENVIRONMENT = "environment"
    """No environment variables, command line, import path or standard streams."""
    NO_NEW_PRIVILEGES = "no_new_privileges"
    """No program that it could start would have more rights than it has."""
    NETWORK = "network"
    """A network namespace of its own, with nothing in it."""
    UNPRIVILEGED = "unprivileged"
    """Not root: where it was, it has become nobody."""
    LANDLOCK = "landlock"
    """No files, TCP ports or other processes, by the kernel's access control."""
    LIMITS = "limits"
    """Bounds on memory; no files to write, open or dump, no processes."""
    SECCOMP = "seccomp"
    """Only the system calls that running Python and SQLite in memory needs."""


REQUIRED = frozenset((Layer.LANDLOCK, Layer.SECCOMP))
"""Without these, code that nobody vouches for is not run."""


@dataclass(frozen=True)
class JailLimits:
    """What a worker process may use.

    Attributes:
        memory_mb: its address space, worlds and all.
        seconds: processor time of one call, after which the call is stopped from within.
        grace: wall time beyond `seconds`, after which the process is killed.
    """

    memory_mb: int = 1_024
    seconds: float = 2.0
    grace: float = 2.0


class LayerReport(BaseModel):
    """Whether a layer holds; `detail` says how, or why not."""

    model_config = ConfigDict(frozen=True)

    layer: Layer
    holds: bool
    detail: str


class JailReport(BaseModel):
    """What confines a worker process on this machine."""

    model_config = ConfigDict(frozen=True)

    layers: tuple[LayerReport, ...]

    @property
    def holding(self) -> frozenset[Layer]:
        return frozenset(report.layer for report in self.layers if report.holds)

    def __str__(self) -> str:
        return "\n".join(
            f"{report.layer:18} {'yes' if report.holds else 'NO':4} {report.detail}".rstrip()
            for report in self.layers
        )

    def demand(self, required: Collection[Layer]) -> None:
        """Raises `JailError` naming the layers of `required` that do not hold, and why."""
        missing = [r for r in self.layers if r.layer in required and not r.holds]
        if missing:
            raise JailError("; ".join(f"{report.layer} ({report.detail})" for report in missing))


class JailError(AgentScalerError):
    """This machine cannot confine tools that nobody vouches for."""

    def __init__(self, missing: str) -> None:
        super().__init__(
            f"These tools may run in a jail only, and this machine offers none: {missing}.",
            "Run on Linux 5.13 or newer with pyseccomp and libseccomp installed, or, if you trust"
            " whoever wrote the tools, say so in Python: Domain(trusted=True).",
        )


def enter(limits: JailLimits, *, reads: int, writes: int) -> JailReport:
    """Confine this process for good.

    All that it needs must be imported before.  Of its files only the descriptors `reads` and
    `writes` stay of use.  Never raises for want of a layer: the report says what holds.
    """
    load_filter = _call_filter(reads, writes)
    steps: list[tuple[Layer, Callable[[], str]]] = [
        (Layer.ENVIRONMENT, lambda: _clear_environment((reads, writes))),
        (Layer.NO_NEW_PRIVILEGES, _refuse_privileges),
        (Layer.NETWORK, _leave_network),
        (Layer.UNPRIVILEGED, _drop_root),
        (Layer.LANDLOCK, _enter_landlock),
        (Layer.LIMITS, lambda: _set_limits(limits)),
        (Layer.SECCOMP, load_filter),
    ]
    return JailReport(layers=tuple(_try(layer, step) for layer, step in steps))


def nowhere(detail: str) -> JailReport:
    """The report of a machine on which nothing can be confined."""
    return JailReport(layers=tuple(LayerReport(layer=x, holds=False, detail=detail) for x in Layer))


def _try(layer: Layer, step: Callable[[], str]) -> LayerReport:
    try:
        return LayerReport(layer=layer, holds=True, detail=step())
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        return LayerReport(layer=layer, holds=False, detail=str(error) or type(error).__name__)


def _clear_environment(kept: tuple[int, int]) -> str:
    os.environ.clear()
    sys.argv.clear()
    sys.path.clear()
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    opened = [int(name) for name in os.listdir("/proc/self/fd")]  # noqa: PTH208 - no Path in here
    for descriptor in opened:
        if descriptor > 2 and descriptor not in kept:
            _close(descriptor)
    return ""


def _close(descriptor: int) -> None:
    try:
        os.close(descriptor)
    except OSError:
        return  # the listing itself had one open


_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_NOBODY = 65_534


def _system(name: str, *arguments: int) -> None:
    """Call a function of the C library that returns 0, or raise its `OSError`."""
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*map(ctypes.c_ulong, arguments)) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _refuse_privileges() -> str:
    _system("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _system("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0)
    return ""


def _leave_network() -> str:
    try:
        _system("unshare", _CLONE_NEWNET)
    except PermissionError:
        _system("unshare", _CLONE_NEWUSER | _CLONE_NEWNET)
    return ""


def _drop_root() -> str:
    if os.geteuid() != 0:
        return "was not root"
    os.setgroups([])
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    return "was root"


def _enter_landlock() -> str:
    abi = available_abi()
    if not abi:
        raise OSError("the kernel has no landlock, or it is switched off")
    deny_all(min(abi, NEWEST_ABI))
    return f"ABI {min(abi, NEWEST_ABI)}"


def _set_limits(limits: JailLimits) -> str:
    """Root is above NPROC, so seccomp must refuse new processes as well."""
    memory = limits.memory_mb << 20
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(kind, (most, most))
    return f"{limits.memory_mb:,} MB"


_CALLS = """
munmap mremap brk madvise futex rt_sigreturn setitimer clock_gettime restart_syscall exit exit_group
"""
"""What a process needs that computes in memory: to get and return memory, to be timed, to end."""

_EPERM = 1
_PROT_EXEC = 4


def _call_filter(reads: int, writes: int) -> Callable[[], str]:
    """Makes ready, while files can still be read, what is put in force by calling the result.

    Everything but `_CALLS`, the two pipes, and memory that cannot be run then fails with EPERM.
    """
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError) as error:
        return partial(_fail, error)

    def load() -> str:
        calls = pyseccomp.SyscallFilter(pyseccomp.ERRNO(_EPERM))
        for name in _CALLS.split():
            calls.add_rule(pyseccomp.ALLOW, name)
        calls.add_rule(pyseccomp.ALLOW, "read", pyseccomp.Arg(0, pyseccomp.EQ, reads))
        calls.add_rule(pyseccomp.ALLOW, "write", pyseccomp.Arg(0, pyseccomp.EQ, writes))
        not_executable = pyseccomp.Arg(2, pyseccomp.MASKED_EQ, _PROT_EXEC, 0)
        calls.add_rule(pyseccomp.ALLOW, "mmap", not_executable)
        calls.load()
        return f"{len(_CALLS.split()) + 3} system calls"

    return load


def _fail(error: Exception) -> str:
    raise error
