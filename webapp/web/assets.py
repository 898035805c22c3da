"""The files a browser may keep for ever: one style sheet, one script, images, addressed by their content.

Everything in `static/` is read once at start. The css files are joined in a fixed order (tokens, base,
layout, components, pages) into the asset `css`, the scripts into `js`; any other file keeps its path as its
name (`js/live.js`). An address is `/assets/<path>.<hash>.<ext>`: when the content changes so does the
address, so an answer may be kept for a year, and an old address answers 404 instead of the wrong file.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, request

from webapp.web import access

CSS_ORDER = ("tokens.css", "base.css", "layout.css", "components/*.css", "pages/*.css")
KEPT = ("js/*.js", "img/*", "vendor/**/*")
FOREVER = "public, max-age=31536000, immutable"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
HASH_LENGTH = 12


@dataclass(frozen=True)
class Asset:
    """One file as it is sent: its address under /assets/, its bytes plain and, where smaller, gzipped."""

    address: str
    content_type: str
    etag: str
    body: bytes
    packed: bytes | None


@dataclass(frozen=True)
class Shelf:
    """All assets, by the name templates use and by the address browsers ask for."""

    by_name: dict[str, Asset]
    by_address: dict[str, Asset]


def join_css(folder: Path) -> str:
    """All css files of `folder` in CSS_ORDER as one text, without comments, indentation and blank lines."""
    files = [file for pattern in CSS_ORDER for file in sorted(folder.glob(pattern))]
    text = COMMENT.sub("", "\n".join(file.read_text("utf-8") for file in files))
    return "\n".join(line for line in map(str.strip, text.splitlines()) if line) + "\n"


def join_js(folder: Path) -> str:
    """All scripts of `folder` as one text; each is closed in itself, so their order says nothing."""
    texts = (
        COMMENT.sub("", file.read_text("utf-8"), count=1).strip() for file in sorted(folder.glob("*.js"))
    )
    return ";\n".join(texts) + "\n"


def make_asset(name: str, body: bytes) -> Asset:
    """The asset `name` (a path with an ending) holding `body`, addressed by a hash of its bytes."""
    digest = hashlib.sha256(body).hexdigest()[:HASH_LENGTH]
    stem, _, ending = name.rpartition(".")
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    is_text = guessed.startswith("text/") or guessed.endswith(("javascript", "json", "xml"))
    packed = gzip.compress(body, 9, mtime=0)
    return Asset(
        address=f"{stem}.{digest}.{ending}",
        content_type=f"{guessed}; charset=utf-8" if is_text else guessed,
        etag=digest,
        body=body,
        packed=packed if len(packed) < len(body) else None,
    )


def read_shelf(static: Path) -> Shelf:
    """Reads the folder `static` whole."""
    by_name = {
        "css": make_asset("css.css", join_css(static / "css").encode()),
        "js": make_asset("js.js", join_js(static / "js").encode()),
    }
    for file in _kept_files(static):
        name = file.relative_to(static).as_posix()
        by_name[name] = make_asset(name, file.read_bytes())
    return Shelf(by_name, {asset.address: asset for asset in by_name.values()})


def _kept_files(static: Path) -> Iterator[Path]:
    for pattern in KEPT:
        yield from (file for file in sorted(static.glob(pattern)) if file.is_file() and "." in file.name)


def _newest_change(static: Path) -> float:
    return max((file.stat().st_mtime for file in static.rglob("*")), default=0.0)


def init_assets(app: Flask) -> None:
    """Gives `app` the Jinja global `asset_url(name)` and the route `/assets/...` (endpoint `asset`).

    Reads `app.static_folder`, without one the folder `static` beside the package. With `app.debug` the files
    are read again when one has changed. An unknown name in a template raises KeyError: a page that asks for a
    file we do not have is a mistake of ours.
    """
    static = Path(app.static_folder or Path(app.root_path).parent / "static")
    read, read_at = read_shelf(static), _newest_change(static)

    def shelf() -> Shelf:
        nonlocal read, read_at
        if app.debug and (changed_at := _newest_change(static)) != read_at:
            read, read_at = read_shelf(static), changed_at
        return read

    def asset_url(name: str) -> str:
        return f"/assets/{shelf().by_name[name].address}"

    def asset(address: str) -> Response:
        found = shelf().by_address.get(address)
        return _answer(found) if found else abort(404)

    app.jinja_env.globals["asset_url"] = asset_url
    app.add_url_rule("/assets/<path:address>", "asset", access.public(asset))


def _answer(asset: Asset) -> Response:
    wants_packed = asset.packed is not None and request.accept_encodings["gzip"] > 0
    response = Response(asset.packed if wants_packed else asset.body, content_type=asset.content_type)
    if wants_packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = FOREVER
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{asset.etag}-gz" if wants_packed else asset.etag)
    response.make_conditional(request)
    return response
