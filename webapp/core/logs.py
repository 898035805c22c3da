"""Logging: structured lines, as JSON for machines or as text for people. Never a secret, never a body of a form."""

import logging
import sys
import time

import structlog
from structlog.typing import Processor

SILENCE = 60  # seconds


class Sparing(logging.Filter):
    """Lets a fault of huey's through once a minute: without its queue every thread of a worker would say it twice a second."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """False for a fault that was said less than a minute ago."""
        if not record.name.startswith("huey") or record.exc_info is None:
            return True
        now, what = time.monotonic(), str(record.msg)
        if now < self._said.get(what, now - SILENCE) + SILENCE:
            return False
        self._said[what] = now
        return True


def configure(log_format: str) -> None:
    """Sets up structlog over the standard library's handlers, once per process."""
    renderer = structlog.processors.JSONRenderer() if log_format == "json" else structlog.dev.ConsoleRenderer(colors=False)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(), cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    handler.addFilter(Sparing())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for talkative in ("alembic", "stripe", "huey"):  # a line for each call they make; ours say what came of it
        logging.getLogger(talkative).setLevel(logging.WARNING)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger for a module: `log = logs.logger(__name__)`; call as `log.info("payment_applied", order=ref)`."""
    bound: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return bound
