"""Joins the parts into one Flask application over one file."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.wrappers import Response

from webapp.devtools.stripe_standin import api, control, pages, shapes
from webapp.devtools.stripe_standin import control_delivery as control_delivery  # adds its routes
from webapp.devtools.stripe_standin.store import Store


def create_app(store: Store) -> Flask:
    """Return the stand-in's application. It keeps nothing in memory: the store's file is all its state."""
    app = Flask(__name__)
    app.config["STORE"] = store
    app.jinja_env.filters["money"] = lambda cents, currency: shapes.spoken_money(cents, currency)
    for part in (api.blueprint, pages.blueprint, control.blueprint):
        app.register_blueprint(part)

    @app.errorhandler(404)
    @app.errorhandler(405)
    def not_found(error: Exception) -> Response | tuple[str, int]:
        return api.unknown_path() if request.path.startswith("/v1") else ("Not found", 404)

    return app
