"""A lock on a file that is open already, which ends with the process, however that ends."""

import sys

if sys.platform == "win32":
    import msvcrt

    def try_lock(handle: int, *, shared: bool) -> bool:  # noqa: ARG001 - it knows no shared locks
        """Whether the lock is ours now; ``shared``: with others who ask for a shared one."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def try_lock(handle: int, *, shared: bool) -> bool:
        """Whether the lock is ours now; ``shared``: with others who ask for a shared one.

        Raises OSError on a file system without locks.
        """
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
