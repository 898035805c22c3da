"""The association's papers that payers ask for: its W-9, uploaded by finance. Each upload takes the place of the one before."""

from webapp.core import audit, storage
from webapp.core.db import db
from webapp.core.errors import AlreadyDone, Unacceptable
from webapp.core.storage import StoredFile, Upload

W9 = "association:w9"
PDF = "application/pdf"


def w9() -> StoredFile | None:
    """The form that counts, or None when none was uploaded."""
    return storage.latest(W9)


def put_w9(upload: Upload, *, by_id: int) -> StoredFile:
    """Payers get this file from now on. Refuses anything but a PDF."""
    if upload.media_type != PDF:
        raise Unacceptable("Please send the W-9 as a PDF.", field="file")
    before = w9()
    stored = storage.record(W9, upload, by_id=by_id)
    audit.record("w9_replaced", "association:papers", actor_id=by_id, before={"name": before.name} if before else {},
                 after={"name": upload.name})
    return stored


def remove_w9(*, by_id: int) -> None:
    """Payers get none from now on."""
    found = w9()
    if found is None:
        raise AlreadyDone("There is no W-9 here.")
    audit.record("w9_removed", "association:papers", actor_id=by_id, before={"name": found.name})
    while found is not None:
        db.session.delete(found)
        db.session.flush()
        found = w9()
