"""Files people uploaded, handed out again: always as a download, never shown or run by the browser."""

from urllib.parse import quote

from flask import Response, current_app

from webapp.core import storage
from webapp.core.storage import StoredFile


def answer(stored: StoredFile) -> Response:
    """The file as a download. Whether the viewer may have it is the view's to say."""
    content = storage.content(stored, current_app.config["SETTINGS"].uploads)
    return Response(content, content_type="application/octet-stream", headers={
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(stored.name, safe='')}",
        "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store"})
