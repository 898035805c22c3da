"""What a courier is sending just now, as locked files: how the next one tells a dead courier from a slow one.

The kernel drops the lock of a killed process at once, so its message need not wait for the lease to end. The file says
`taken` from the mail server's 250 on: writing six bytes takes microseconds, where our commit may have to wait for its turn, and
the bytes outlive the process. docs/decisions/outbox.md has the whole story.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

TAKEN = b"taken\n"


class Receipts:
    """Receipts in a folder; couriers of one machine, or of several with shared storage, use the same one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def hold(self, reference: str) -> Iterator[Callable[[], None] | None]:
        """Locks the receipt while its mail is sent and gives the function to call at the server's 250; None: another has it."""
        path = self.folder / reference
        handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            if not _locked(handle):
                yield None
                return
            yield lambda: _write(handle)
            path.unlink(missing_ok=True)
        finally:
            os.close(handle)

    def owner(self, reference: str) -> Literal["alive", "dead", "unknown"]:
        """What has become of the courier that began to send this; unknown where it worked on another machine's folder."""
        try:
            handle = os.open(self.folder / reference, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return "unknown"
        try:
            return "dead" if _locked(handle) else "alive"
        finally:
            os.close(handle)

    def taken(self, reference: str) -> bool:
        """Whether the mail server had it before its courier died."""
        path = self.folder / reference
        return path.exists() and path.read_bytes() == TAKEN

    def drop(self, reference: str) -> None:
        """The database knows it now."""
        (self.folder / reference).unlink(missing_ok=True)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(handle: int) -> None:
    os.write(handle, TAKEN)
