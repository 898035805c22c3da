"""The papers payers ask for: finance uploads the association's W-9 here, invoices hand it out."""

from typing import Any

from flask import Response, current_app, flash, render_template
from wtforms import FileField

from webapp.core import storage
from webapp.core.db import transaction
from webapp.core.errors import NotFound, Refusal
from webapp.payments import papers as actions
from webapp.web import access, downloads
from webapp.web.forms import Form, again, see
from webapp.web.manage.finance.blueprint import frame, pages
from webapp.web.public.invoices import remit_to

HERE = "/manage/finance/papers"


class W9Form(Form):
    """A file to upload."""

    file = FileField("W-9 as a PDF")


@pages.get(HERE)
@access.staff("finance")
def papers() -> str:
    """The W-9 that invoices hand out, and the address checks are sent to."""
    return render_template("manage/finance_papers.html", **_page(W9Form(formdata=None)))


@pages.post(HERE)
@access.staff("finance")
def upload() -> Response:
    """Takes the place of the one before."""
    form, by_id = W9Form(), access.viewer().person_id
    try:
        file = form.file.data
        kept = storage.receive(file.stream, file.filename, current_app.config["SETTINGS"].uploads, field="file") if file else None
        if kept is None:
            form.file.errors = ["Choose the file first."]
            return again("manage/finance_papers.html", **_page(form))
        with transaction():
            actions.put_w9(kept, by_id=by_id)
    except Refusal as refusal:
        form.refuse(refusal)
        return again("manage/finance_papers.html", **_page(form))
    flash("Payers find this W-9 on every invoice now.")
    return see(HERE)


@pages.get(f"{HERE}/w9")
@access.staff("finance")
def w9() -> Response:
    """The file as payers get it."""
    found = actions.w9()
    if found is None:
        raise NotFound
    return downloads.answer(found)


@pages.post(f"{HERE}/remove")
@access.staff("finance")
def remove() -> Response:
    """No invoice hands it out any more."""
    try:
        with transaction():
            actions.remove_w9(by_id=access.viewer().person_id)
        flash("Invoices hand out no W-9 now.")
    except Refusal as refusal:
        flash(refusal.sentence, "warning")
    return see(HERE)


def _page(form: W9Form) -> dict[str, Any]:
    return {"form": form, "w9": actions.w9(), "remit": remit_to(), **frame("papers")}
