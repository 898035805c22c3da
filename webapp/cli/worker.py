"""`flask --app wsgi worker`: does the background work until it is told to stop."""

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from webapp import jobs
from webapp.accounts import demo
from webapp.core import clock, logs
from webapp.jobs import heartbeat

log = logs.logger(__name__)


@click.command("worker")
@click.option("--threads", default=3, show_default=True, help="How many kinds of work may run at once.")
@with_appcontext
def worker(threads: int) -> None:
    """Does the background work: mail, holds that ran out, refunds, reconciling. SIGTERM ends it after what it is doing."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # werkzeug's proxy
    if not app.config["SETTINGS"].demo:
        demo.refuse_to_serve()
    engine = jobs.engine(app)
    heartbeat.beat(clock.now())
    for wake in engine.tasks.values():
        wake()
    log.info("worker_started", threads=threads)
    engine.huey.create_consumer(workers=threads, max_delay=0.5, graceful_signal="TERM", shutdown_timeout=60).run()
    log.info("worker_stopped")
