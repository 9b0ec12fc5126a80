"""Landlock: a process gives up all files, TCP ports and signals to others, for good.

The system calls and bits are those of the kernel's `linux/landlock.h`.  Each ABI adds rights that
can be given up; a right that is handled, and that no rule allows, is denied.
"""

import ctypes
import os
import struct

__all__ = ["NEWEST_ABI", "available_abi", "deny_all", "ruleset"]

_CREATE_RULESET = 444
_RESTRICT_SELF = 446
_ASK_VERSION = 1

_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
"""By the ABI that brought it: how many of the file rights' bits are known from then on."""

_NETWORK_ABI, _NETWORK_RIGHTS = 4, 0b11
"""Binding and connecting TCP sockets."""

_SCOPE_ABI, _SCOPES = 6, 0b11
"""Abstract UNIX sockets and signals of processes outside."""

NEWEST_ABI = 7
"""The newest ABI that brought no right unknown here; a newer kernel is asked for this one."""


def ruleset(abi: int) -> bytes:
    """The `landlock_ruleset_attr` that handles every right which `abi` knows."""
    bits = max(count for since, count in _FILE_RIGHTS.items() if since <= abi)
    fields = [(1 << bits) - 1]
    if abi >= _NETWORK_ABI:
        fields.append(_NETWORK_RIGHTS)
    if abi >= _SCOPE_ABI:
        fields.append(_SCOPES)
    return struct.pack(f"={len(fields)}Q", *fields)


def available_abi() -> int:
    """The ABI that the running kernel speaks; 0 where it has no landlock."""
    nothing = ctypes.c_size_t(0)
    abi: int = _libc().syscall(_CREATE_RULESET, None, nothing, ctypes.c_ulong(_ASK_VERSION))
    return max(0, abi)


def deny_all(abi: int) -> None:
    """Give up every right that `abi` knows; `no_new_privs` must be set.

    Raises `OSError` where the kernel refuses.
    """
    libc = _libc()
    attributes = ruleset(abi)
    made = libc.syscall(
        _CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_ulong(0)
    )
    if made < 0:
        raise _refusal()
    try:
        if libc.syscall(_RESTRICT_SELF, made, ctypes.c_ulong(0)) != 0:
            raise _refusal()
    finally:
        os.close(made)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _refusal() -> OSError:
    code = ctypes.get_errno()
    return OSError(code, os.strerror(code))
