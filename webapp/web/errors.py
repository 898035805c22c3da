"""Refusals and mistakes as HTTP. The only place where a rule's `no` becomes a status."""

import secrets

from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException

from webapp.core import logs
from webapp.core.db import db
from webapp.core.errors import Refusal
from webapp.web import access

log = logs.logger(__name__)


def init_app(app: Flask) -> None:
    """Answers refusals, HTTP errors and our own failures with a page that says what to do."""
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(Exception, _failure)


def page(status: int, sentence: str = "", way_out: str = "", reference: str = "") -> Response:
    """The error page; plain text for calendars and machines."""
    if request.path.endswith((".ics", ".csv", ".pdf", ".json")) or request.path.startswith(("/webhooks", "/api", "/assets")):
        return Response(f"{status} {sentence}".strip() + "\n", status, mimetype="text/plain")
    body = render_template("errors/error.html", status=status, sentence=sentence, way_out=way_out, reference=reference)
    return Response(body, status, mimetype="text/html")


def _refusal(refusal: Refusal) -> Response:
    db.session.rollback()
    log.info("refused", code=refusal.code, path=access.loggable_path(), endpoint=request.endpoint)
    return page(refusal.status, refusal.sentence, refusal.way_out)


def _csrf(_error: CSRFError) -> Response:
    return page(400, "This form was open too long, or cookies are switched off.",
                "Go back, reload the page and send it again: nothing was changed.")


def _http(error: HTTPException) -> Response:
    if error.code is None or 300 <= error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    if error.code >= 500:
        return _failure(error)
    answer = page(error.code)
    for name in ("Allow", "Retry-After"):
        for key, value in error.get_headers():
            if key == name:
                answer.headers[name] = value
    return answer


def _integrity(error: IntegrityError) -> Response:
    db.session.rollback()
    reference = _log_failure(error)
    return page(409, "Something changed at the same moment, so nothing was saved.", "Go back, reload the page and try again.", reference)


def _failure(error: Exception) -> Response:
    db.session.rollback()
    return page(500, reference=_log_failure(error))


def _log_failure(error: Exception) -> str:
    reference = secrets.token_hex(4)
    log.error("failed", reference=reference, path=access.loggable_path(), endpoint=request.endpoint, exc_info=error)
    return reference
