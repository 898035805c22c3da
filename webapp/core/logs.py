"""Logging: structured lines, as JSON for machines or as text for people. Never a secret, never a body of a form."""

import logging
import sys

import structlog
from structlog.typing import Processor


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
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for talkative in ("alembic", "stripe", "huey"):  # a line for each call they make; ours say what came of it
        logging.getLogger(talkative).setLevel(logging.WARNING)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger for a module: `log = logs.logger(__name__)`; call as `log.info("payment_applied", order=ref)`."""
    bound: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return bound
