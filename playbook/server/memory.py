"""Keep the memory that the threads of a worker give back together, so it is used again."""

import ctypes
import platform

M_ARENA_MAX = -8
"""The number of this parameter of `mallopt` in glibc's malloc.h."""
ARENAS = 2


def share_arenas() -> None:
    """Let all threads allocate from two arenas.

    glibc gives each thread an arena of its own, up to eight for each processor, and what is free in
    one is of no use to the others. Python's lock lets one thread allocate at a time anyway. Other C
    libraries have no arenas.
    """
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)
