"""What `doctor` looks at. Each check says what it found and, when something is wrong, what to do about it."""

from collections.abc import Callable, Iterator

from webapp.cli.checks import database, mail, payments, queue, settings, storage, worker
from webapp.cli.checks.finding import Finding

Check = Callable[[], Iterator[Finding]]

CHECKS: dict[str, Check] = {
    "settings": settings.check, "database": database.check, "storage": storage.check, "mail": mail.check,
    "payments": payments.check, "queue": queue.check, "worker": worker.check,
}

__all__ = ["CHECKS", "Finding"]
