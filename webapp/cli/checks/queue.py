"""The queue and the counters of rate limits: embedded, or in a Redis that answers."""

from collections.abc import Iterator

import redis
from flask import current_app

from config import Settings
from webapp.cli.checks.finding import Finding, fault, ok

PATIENCE = 3  # seconds


def check() -> Iterator[Finding]:
    """Without REDIS_URL both are embedded, which is right for one machine."""
    settings: Settings = current_app.config["SETTINGS"]
    address = settings.redis_url.get_secret_value()
    if not address:
        yield ok("queue and rate limits are embedded, for one machine")
        return
    try:
        with redis.Redis.from_url(address, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE) as server:
            server.ping()
        yield ok("Redis answers")
    except redis.RedisError as error:
        yield fault(f"Redis cannot be used: {error}",
                    "Check REDIS_URL, and that the server runs. Until then mail waits and rate limits do not count; registrations go on.")
