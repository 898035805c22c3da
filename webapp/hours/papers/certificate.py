"""The certificate as a PDF: landscape letter, the statement on one page, its sessions on the next, a QR code to check it."""

import io
from datetime import date, datetime
from typing import Any

from reportlab.lib.pagesizes import landscape, letter
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import KeepInFrame, PageBreak, SimpleDocTemplate, Spacer, Table

from webapp.core import paper, times
from webapp.hours import regimes
from webapp.hours.certificates import spaced
from webapp.hours.papers import style
from webapp.hours.papers.style import text
from webapp.hours.transcripts import KIND_WORDS

WIDE, HIGH = landscape(letter)
SIDE = 64
INNER = WIDE - 2 * SIDE


def make(content: dict[str, Any], *, code: str, version: int, issued_on: date, association: str, address: str) -> bytes:
    """The PDF's bytes, the same for the same certificate. `address` is the whole address of its verification page."""
    file = io.BytesIO()
    document = SimpleDocTemplate(
        file, pagesize=(WIDE, HIGH), leftMargin=SIDE - 6, rightMargin=SIDE - 6, topMargin=96, bottomMargin=120, lang="en-US", invariant=1,
        title=f"Certificate of attendance: {content['title']}", author=association)
    issued = f"Issued {times.date_words(issued_on, weekday=False)}" + (f", version {version}" if version > 1 else "")

    def first(canvas: Canvas, _document: Any) -> None:
        _border(canvas, association)
        _foot(canvas, content, code, issued, address)

    def later(canvas: Canvas, _document: Any) -> None:
        _border(canvas, association)
        _code_line(canvas, code, issued)

    document.build([*_statement(content), *_sessions(content)], onFirstPage=first, onLaterPages=later)
    return file.getvalue()


def _statement(content: dict[str, Any]) -> list[Any]:
    long = len(content["title"]) > 70 or len(content["attendee"]) > 34
    parts = [
        text("Certificate of attendance", "center"), Spacer(1, 10), text(content["attendee"], "what" if long else "who"), Spacer(1, 6),
        text("attended", "center"), Spacer(1, 4), text(content["title"], "what"), Spacer(1, 6),
        text(" · ".join(part for part in (_dates(content["dates"]), content["format"], content["location"]) if part), "center"),
        Spacer(1, 12), *_hours(content), Spacer(1, 10), _facts(content)]
    return [KeepInFrame(INNER, HIGH - 96 - 120 - 14, parts, mode="shrink")]


def _hours(content: dict[str, Any]) -> list[Any]:
    """Each kind by itself: hours of 60 minutes always, and what other regimes make of the same minutes."""
    lines: list[Any] = []
    for kind, minutes in (("training", content["training_minutes"]), ("rsc", content["rsc_minutes"])):
        if not minutes:
            continue
        lines.append(text(f"{KIND_WORDS[kind]}: {times.hours_words(minutes)} ({regimes.words(minutes)} of 60 minutes)", "big", bold=True))
        others = [code for code in content["regimes"] if code != regimes.ENDORSE and code in regimes.all_regimes()]
        lines += [text(f"{regimes.words(minutes, code)} ({regimes.get(code).name})", "center") for code in others]
    return lines


def _facts(content: dict[str, Any]) -> Table:
    rows = [("Presented by", ", ".join(content["presenters"])), ("Sponsor", content["sponsor"]),
            ("Competency areas", "; ".join(name for _, name in content["areas"])),
            ("Of these minutes", "; ".join(f"{times.hours_words(minutes)} {name}" for _, name, minutes in content["tags"])),
            ("Rule", content["rule"])]
    shown = [[text(term, "small"), text(value if len(value) < 330 else value[:327] + "...", "small")] for term, value in rows if value]
    return style.table(shown, [110, INNER - 110])


def _sessions(content: dict[str, Any]) -> list[Any]:
    head = [text(word, look) for word, look in (
        ("Date", "small"), ("Session", "small"), ("Kind", "small"), ("Minutes", "small_right"), ("Hours", "small_right"))]
    rows = [_session(line) for line in content["lines"]]
    totals = [_total(kind, content[name]) for kind, name in (("training", "training_minutes"), ("rsc", "rsc_minutes")) if content[name]]
    return [PageBreak(), text("Sessions and minutes", "h1"), text(f"{content['attendee']} · {content['title']}"), Spacer(1, 12),
            style.table([head, *rows, *totals], [108, INNER - 108 - 150 - 60 - 92, 150, 60, 92], head=True, totals=len(totals))]


def _session(line: dict[str, Any]) -> list[Any]:
    remark = [text(line["remark"], "small")] if line["remark"] else []
    return [text(times.date_words(date.fromisoformat(line["on"]))), [text(line["title"]), *remark], text(KIND_WORDS[line["kind"]]),
            text(str(line["minutes"]), "right"), text(times.hours_words(line["minutes"]), "right")]


def _total(kind: str, minutes: int) -> list[Any]:
    """The two kinds are never added."""
    return [text("Total", bold=True), "", text(KIND_WORDS[kind], bold=True), text(str(minutes), "right", bold=True),
            text(times.hours_words(minutes), "right", bold=True)]


def _border(canvas: Canvas, association: str) -> None:
    canvas.saveState()
    canvas.setStrokeColor(style.LINE)
    for inset, width in ((26, 2.4), (32, 0.6)):
        canvas.setLineWidth(width)
        canvas.rect(inset, inset, WIDE - 2 * inset, HIGH - 2 * inset)
    style.mark(canvas, SIDE, HIGH - 74, 36)
    canvas.setFillColor(style.INK)
    canvas.setFont(paper.SERIF, 16)
    canvas.drawString(SIDE + 48, HIGH - 72, association)
    canvas.restoreState()


def _foot(canvas: Canvas, content: dict[str, Any], code: str, issued: str, address: str) -> None:
    """Who states it and how to check it."""
    style.qr(canvas, address, WIDE - SIDE - 70, 48, 70)
    canvas.setFillColor(style.INK)
    canvas.setFont("Helvetica-Bold", 10.5)
    canvas.drawRightString(WIDE - SIDE - 82, 104, f"Code {spaced(code)}")
    canvas.setFont(paper.SANS, 8.5)
    canvas.setFillColor(style.SOFT)
    for line, words in enumerate((issued, "Whether it stands, and what it says, can be checked at", address)):
        canvas.drawRightString(WIDE - SIDE - 82, 88 - 13 * line, words)
    notes = (f"{content['sponsor']} states this attendance from its records.", "Hours follow the minutes attended; breaks do not count.",
             "This is a record of training, neither a license nor Endorsement.")
    for line, words in enumerate(notes):
        canvas.drawString(SIDE, 88 - 13 * line, words)


def _code_line(canvas: Canvas, code: str, issued: str) -> None:
    canvas.setFont(paper.SANS, 8.5)
    canvas.setFillColor(style.SOFT)
    canvas.drawString(SIDE, 48, f"{issued} · Code {spaced(code)}")
    canvas.drawRightString(WIDE - SIDE, 48, f"Page {canvas.getPageNumber()}")


def _dates(found: list[str]) -> str:
    days = [datetime.fromisoformat(one).date() for one in found]
    if not days:
        return ""
    if len(days) <= 2:
        return " and ".join(times.date_words(day) for day in days)
    return f"{len(days)} days from {times.date_words(days[0], weekday=False)} to {times.date_words(days[-1], weekday=False)}"
