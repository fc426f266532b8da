"""Let the threads of a worker reuse the memory that the others freed."""

import ctypes
import platform

M_ARENA_MAX = -8
"""The number of this parameter of `mallopt` in glibc's malloc.h."""
ARENAS = 2


def share_arenas() -> None:
    """Let all threads allocate from two arenas.

    glibc gives each thread an arena of its own, up to eight for each processor, and what is free in
    one is of no use to the others. They rarely wait for each other, since Python's lock lets one of
    them run at a time. Only glibc has this parameter.
    """
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)
