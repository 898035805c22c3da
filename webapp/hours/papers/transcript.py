"""The transcript as a PDF: portrait letter, totals by year, then every award and reversal with its reason."""

import io
from datetime import date
from typing import Any

from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import SimpleDocTemplate, Spacer

from webapp.core import paper, times
from webapp.hours import regimes
from webapp.hours.papers import style
from webapp.hours.papers.style import text
from webapp.hours.transcripts import KIND_WORDS, Line, Transcript

SIDE = 54
INNER = letter[0] - 2 * SIDE


def make(transcript: Transcript, *, name: str, on: date, association: str) -> bytes:
    """The PDF's bytes: the transcript of `name` as it stands on a day."""
    file = io.BytesIO()
    document = SimpleDocTemplate(file, pagesize=letter, leftMargin=SIDE - 6, rightMargin=SIDE - 6, topMargin=92, bottomMargin=60,
                                 lang="en-US", invariant=1, title=f"Transcript of {name}", author=association)

    def frame(canvas: Canvas, _document: Any) -> None:
        style.mark(canvas, SIDE, letter[1] - 62, 30)
        canvas.setFillColor(style.INK)
        canvas.setFont(paper.SERIF, 14)
        canvas.drawString(SIDE + 42, letter[1] - 60, association)
        canvas.setFillColor(style.SOFT)
        canvas.setFont(paper.SANS, 8.5)
        canvas.drawRightString(letter[0] - SIDE, 36, f"Page {canvas.getPageNumber()}")

    note = (f"As it stands on {times.date_words(on)}. Clock hours of 60 minutes, breaks left out. "
            "What was corrected stays in the list with its reason; the totals add every line.")
    story = [text(f"Transcript of {name}", "h1"), text(note, "small"),
             text("Totals by calendar year", "h2"), _totals(transcript), Spacer(1, 8), text("Every line", "h2"), _lines(transcript)]
    document.build(story, onFirstPage=frame, onLaterPages=frame)
    return file.getvalue()


def _totals(transcript: Transcript) -> Any:
    rows = [[text("Year", "small"), *[text(words, "small_right") for words in KIND_WORDS.values()]]]
    for year in transcript.years:
        part = transcript.of_year(year)
        rows.append([text(str(year)), *[text(_both(part.minutes(kind)), "right") for kind in KIND_WORDS]])
    rows.append([text("All", bold=True), *[text(_both(transcript.minutes(kind)), "right", bold=True) for kind in KIND_WORDS]])
    return style.table(rows, [INNER - 360, 170, 190], head=True, totals=1)


def _lines(transcript: Transcript) -> Any:
    head = [text("Date", "small"), text("Session, areas, reason", "small"), text("Kind", "small"), text("Hours", "small_right")]
    return style.table([head, *[_row(line) for line in transcript.lines]], [86, INNER - 86 - 96 - 92, 96, 92], head=True)


def _row(line: Line) -> list[Any]:
    notes = [" · ".join(part for part in (", ".join(line.areas), line.remark) if part)]
    if line.is_reversal:
        notes = [f"Taken back: {line.reason}"]
    elif not line.stands:
        notes.append("Corrected later; see the line that takes it back.")
    elif line.version > 1:
        notes.append(f"Corrected: {line.reason}")
    notes.insert(0, "" if line.event == line.session else line.event)
    return [text(times.date_words(line.on)), [text(line.session), *[text(note, "small") for note in notes if note]],
            text("Training" if line.kind == "training" else "Reflective", "body"), text(_signed(line.minutes), "right")]


def _both(minutes: int) -> str:
    return f"{times.hours_words(minutes)} ({regimes.words(minutes)})"


def _signed(minutes: int) -> str:
    return times.hours_words(minutes) if minutes >= 0 else f"\u2212{times.hours_words(-minutes)}"
