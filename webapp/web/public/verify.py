"""Checking a certificate by its code, without an account: genuine, superseded or withdrawn, and nothing beyond what it states."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request, url_for

from webapp.core import times
from webapp.hours import certificates, regimes, transcripts
from webapp.hours.certificates import Shown, spaced
from webapp.web import access, forms, limits
from webapp.web.forms import Form, Line

pages = Blueprint("verify", __name__)
STATES = {"genuine": ("Genuine", "ok"), "superseded": ("Superseded", "warn"), "withdrawn": ("Withdrawn", "bad")}


class Typed(Form):
    """The code on the certificate."""

    code = Line("Code on the certificate", 60)


@pages.get("/verify")
@access.public
def ask() -> str | Response:
    """A form for the code; a code in the query leads to its page, so the form needs no secret."""
    typed = request.args.get("code", "")
    if _letters(typed):
        return forms.see(url_for("verify.show", code=_letters(typed)))
    return render_template("public/verify.html", form=Typed(meta={"csrf": False}), unknown="")


@pages.get("/verify/<code>")
@access.public
def show(code: str) -> Response:
    """What the certificate with this code states, and whether it stands. A code nobody has: 404 with the form again."""
    form = Typed(meta={"csrf": False}, data={"code": code[:60]})
    try:
        limits.spend("verify", _letters(code))
    except limits.TooOften as refusal:
        return limits.page("public/verify.html", form, refusal, unknown="")
    found = certificates.by_code(code)
    if found is None:
        return make_response(render_template("public/verify.html", form=form, unknown=_letters(code)), 404)
    answer = make_response(render_template("public/verify_shown.html", **_context(found)))
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _context(found: Shown) -> dict[str, Any]:
    settings, content = current_app.config["SETTINGS"], found.content
    zone = settings.association_timezone
    word, kind = STATES[found.state]
    hours = [(transcripts.KIND_WORDS[key], _hours(content[name], content["regimes"])) for key, name in (
        ("training", "training_minutes"), ("rsc", "rsc_minutes")) if content[name]]
    days = [date.fromisoformat(one) for one in content["dates"]]
    return {
        "days": _days(days), "state": found.state, "word": word, "kind": kind, "content": content, "code": spaced(found.code),
        "hours": hours,
        "current": found.current, "issued": times.date_words(times.local(found.issued_at, zone).date()), "version": found.version,
        "withdrawn": times.date_words(times.local(found.withdrawn_at, zone).date()) if found.withdrawn_at else "",
    }


def _days(days: list[date]) -> str:
    if len(days) <= 3:
        return ", ".join(times.date_words(day) for day in days)
    return f"{len(days)} days from {times.date_words(days[0])} to {times.date_words(days[-1])}"


def _hours(minutes: int, codes: list[str]) -> str:
    others = [regimes.words(minutes, code) for code in codes if code != regimes.ENDORSE and code in regimes.all_regimes()]
    return f"{times.hours_words(minutes)}: " + ", ".join([f"{regimes.words(minutes)} of 60 minutes", *others])


def _letters(typed: str) -> str:
    """The letters and digits of what was typed, at most 24."""
    return "".join(letter for letter in typed.upper() if letter.isascii() and letter.isalnum())[:24]
