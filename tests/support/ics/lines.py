"""From octets to content lines (RFC 5545 section 3.1)."""

import re
from dataclasses import dataclass

from tests.support.ics.report import Report

LONGEST = 75  # octets without the line end
CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Line:
    """A whole content line and the number of the physical line it starts on."""

    number: int
    text: str


def unfold(body: bytes, report: Report) -> list[Line]:
    """The content lines; what is wrong with octets, line ends and folds goes into the report."""
    _check_stream(body, report)
    physical = re.split(rb"\r?\n", body)
    if physical[-1] == b"":
        physical.pop()
    whole: list[tuple[int, bytes]] = []
    for number, line in enumerate(physical, 1):
        _check_line(line, number, report)
        if line[:1] in (b" ", b"\t") and whole:
            _check_fold(line, number, report)
            start, before = whole.pop()
            whole.append((start, before + line[1:]))
        else:
            whole.append((number, line))
    return [Line(number, line.decode("utf-8", "replace")) for number, line in whole]


def _check_stream(body: bytes, report: Report) -> None:
    if body.startswith(b"\xef\xbb\xbf"):
        report.error("BOM", "the text starts with a byte order mark")
    if not body.endswith(b"\r\n"):
        report.error("CRLF", "the text does not end with CRLF")
    if bare := len(re.findall(rb"(?<!\r)\n", body)):
        report.error("CRLF", f"{bare} bare LF")
    if re.search(rb"\r(?!\n)", body):
        report.error("CRLF", "bare CR")
    try:
        re.sub(rb"\r?\n[ \t]", b"", body).decode()
    except UnicodeDecodeError as error:
        report.error("UTF8", str(error))


def _check_line(line: bytes, number: int, report: Report) -> None:
    if len(line) > LONGEST:
        report.error("LINE75", f"{len(line)} octets", number)
    if line == b"":
        report.error("BLANK", "blank line", number)
    if CONTROL.search(line.replace(b"\r", b"")):
        report.error("CONTROL", "control character", number)


def _check_fold(line: bytes, number: int, report: Report) -> None:
    """The RFC lets a fold split a character; clients that decode before they unfold break on it, so we refuse it."""
    try:
        line.decode()
    except UnicodeDecodeError:
        report.error("FOLD", "the fold splits a UTF-8 character", number)
