"""What an upload is, told by its bytes."""

import io
import zipfile

import pytest

from webapp.core import storage
from webapp.core.errors import NotFound, Unacceptable
from webapp.core.storage import StoredFile


def office(inside):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(inside, "<xml/>")
    return made.getvalue()


@pytest.mark.parametrize(("content", "expected"), [
    (b"%PDF-1.7 ...", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n...", "image/png"),
    (b"\xff\xd8\xff\xe0...", "image/jpeg"),
    (office("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (office("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("name,hours\nMaren Køhl,3\n".encode(), "text/plain"),
    (office("evil.exe"), None),
    (b"PK\x03\x04 broken", None),
    (b"MZ\x90\x00\x03", None),
    (b"caf\xe9", None),
])
def test_a_kind_is_told_from_the_bytes(content, expected):
    assert storage.kind_of(content) == expected


def receive(content, name, folder):
    return storage.receive(io.BytesIO(content), name, folder, field="proof")


@pytest.mark.parametrize(("content", "words"), [(b"", "empty"), (b"x" * (storage.LARGEST + 1), "7 MB"), (b"MZ\x90\x00", "PDF")])
def test_what_cannot_be_kept_is_refused_at_its_field(tmp_path, content, words):
    with pytest.raises(Unacceptable, match=words) as refused:
        receive(content, "proof.pdf", tmp_path)
    assert refused.value.field == "proof"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "kept"), [
    ("../../etc/passwd", "passwd"), (r"C:\Users\me\proof.pdf", "proof.pdf"), ("a\x00b\n.pdf", "ab.pdf"), (None, "file"), ("", "file"),
    ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
])
def test_a_name_loses_its_folders_and_what_cannot_be_shown(tmp_path, name, kept):
    assert receive(b"%PDF-1.4", name, tmp_path).name == kept


def test_the_same_content_is_kept_once_and_comes_back_whole(tmp_path):
    first, second = receive(b"%PDF-1.4 proof", "a.pdf", tmp_path), receive(b"%PDF-1.4 proof", "b.pdf", tmp_path)
    assert first.sha256 == second.sha256
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [first.sha256]
    assert storage.content(StoredFile(sha256=first.sha256), tmp_path) == b"%PDF-1.4 proof"


def test_a_file_that_was_changed_on_disk_is_not_handed_out(tmp_path):
    upload = receive(b"%PDF-1.4 proof", "a.pdf", tmp_path)
    storage.place(tmp_path, upload.sha256).write_bytes(b"%PDF-1.4 forged")
    with pytest.raises(NotFound):
        storage.content(StoredFile(sha256=upload.sha256), tmp_path)
