"""`python -m webapp.devtools.stripe_standin`: one process, many threads, one file."""

from __future__ import annotations

import argparse
import logging
import os
import signal
from pathlib import Path
from types import FrameType

from werkzeug.serving import make_server

from webapp.devtools.stripe_standin import webhooks
from webapp.devtools.stripe_standin.app import create_app
from webapp.devtools.stripe_standin.courier import Courier
from webapp.devtools.stripe_standin.store import Store


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="stripe_standin", description="A local stand-in for Stripe. Never for production."
    )
    parser.add_argument("--host", default="127.0.0.1", help="loopback unless you know better")
    parser.add_argument("--port", type=int, default=5010)
    parser.add_argument("--db", type=Path, required=True, help="the SQLite file with all state")
    parser.add_argument("--webhook-url", help="where events are posted; without it they wait")
    parser.add_argument("--webhook-secret", default="whsec_standin")
    parser.add_argument(
        "--settle-after", type=float, help="seconds until bank debits and late refunds settle by themselves"
    )
    return parser.parse_args()


def _stop(number: int, frame: FrameType | None) -> None:
    os._exit(0)  # the file is safe at any instant; a webhook on its way must not hold us up


def main() -> None:
    """Serve until told to stop."""
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    store = Store(arguments.db)
    with store.transaction() as tx:
        webhooks.set_main(tx, arguments.webhook_url, arguments.webhook_secret)
    server = make_server(arguments.host, arguments.port, create_app(store), threaded=True)
    signal.signal(signal.SIGTERM, _stop)
    Courier(store, arguments.settle_after).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
