"""Uploaded files: kept under DATA_DIR/uploads by content, described by a row, served only as downloads (web.downloads).

    upload = storage.receive(file.stream, file.filename, folder, field="proof")      # before the transaction: checks, writes
    with transaction():
        storage.record(f"application:{application.id}", upload, by_id=person_id)     # describes it

What it is, is told by its first bytes and never by its name. A file without a row is harmless; a row always has its file.
"""

import hashlib
import io
import os
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core import clock, text, tokens
from webapp.core.db import Base, db
from webapp.core.errors import NotFound, Unacceptable

LARGEST = 7 * 1024 * 1024  # bytes; below MAX_CONTENT_LENGTH, so that this sentence is read and not the server's
_BEGINNINGS = {
    b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg",
}
_OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_CONTROL = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f")


@dataclass(frozen=True)
class Upload:
    """A file that was checked and lies on disk."""

    name: str
    media_type: str
    size: int
    sha256: str


class StoredFile(Base):
    """A file somebody uploaded: its SHA-256 names it on disk; `owner` says what it belongs to (`application:7`)."""

    __tablename__ = "stored_file"
    __table_args__ = (Index("ix_stored_file_owner", "owner"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(24), unique=True)
    owner: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]


def receive(stream: BinaryIO, name: str | None, folder: Path, *, field: str | None = None) -> Upload:
    """Checks an upload and puts it into `folder` under its SHA-256. Refuses what is empty, too large, or not one of the known kinds."""
    content = stream.read(LARGEST + 1)
    if not content:
        raise Unacceptable("The file is empty. Choose another one.", field=field)
    if len(content) > LARGEST:
        raise Unacceptable("The file is larger than 7 MB. Please send a smaller one.", field=field)
    media_type = kind_of(content)
    if media_type is None:
        raise Unacceptable("Please send a PDF, a picture (PNG or JPEG), a Word or Excel file, or plain text.", field=field)
    upload = Upload(_plain(name), media_type, len(content), hashlib.sha256(content).hexdigest())
    _put(place(folder, upload.sha256), content)
    return upload


def record(owner: str, upload: Upload, *, by_id: int | None = None) -> StoredFile:
    """Describes an upload as belonging to `owner` (`application:7`). Inside the caller's transaction."""
    stored = StoredFile(ref=tokens.secret()[:24], owner=owner, name=upload.name, media_type=upload.media_type, size=upload.size,
                        sha256=upload.sha256, uploaded_by_id=by_id, uploaded_at=clock.now())
    db.session.add(stored)
    return stored


def latest(owner: str) -> StoredFile | None:
    """What was stored last for this owner: the file that counts where each upload takes the place of the one before."""
    return db.session.scalar(select(StoredFile).where(StoredFile.owner == owner).order_by(StoredFile.id.desc()).limit(1))


def content(stored: StoredFile, folder: Path) -> bytes:
    """The bytes of a stored file; refused when they are not what was stored."""
    path = place(folder, stored.sha256)
    found = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(found).hexdigest() != stored.sha256:
        raise NotFound("This file is missing from the storage.", way_out="Ask the office: a backup has it.")
    return found


def place(folder: Path, sha256: str) -> Path:
    """Where a file with this content lies."""
    return folder / sha256[:2] / sha256


def kind_of(content: bytes) -> str | None:
    """The media type of a kind of file people may send us, told from its bytes; None for anything else."""
    for beginning, media_type in _BEGINNINGS.items():
        if content.startswith(beginning):
            return media_type
    if content.startswith(b"PK\x03\x04"):
        return _office_kind(content)
    return "text/plain" if _is_text(content) else None


def _office_kind(content: bytes) -> str | None:
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except zipfile.BadZipFile:
        return None
    return next((media_type for inside, media_type in _OFFICE.items() if inside in names), None)


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return len(content.translate(None, _CONTROL)) == len(content)


def _plain(name: str | None) -> str:
    last = PurePosixPath((name or "").replace("\\", "/")).name
    printable = "".join(c for c in last if c.isprintable())
    return text.clean(printable, limit=10_000)[-200:] or "file"


def _put(path: Path, content: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.write_bytes(content)
    half.replace(path)
