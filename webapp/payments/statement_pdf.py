"""A payer's statement on paper: the period, each line, what is open and how old it is."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from webapp.core import money, paper, times
from webapp.payments.queries.statements import Statement

INK, SOFT, RULE = (HexColor(c) for c in ("#2b231c", "#62564a", "#dfd3c1"))
WIDTH = letter[0] - 108
AGES = (("Not due yet", "current_cents"), ("1 to 30 days", "to_30_cents"), ("31 to 60", "to_60_cents"), ("61 to 90", "to_90_cents"),
        ("Older", "older_cents"), ("With us", "with_us_cents"))
BODY = ParagraphStyle("body", fontName=paper.SANS, fontSize=9.5, leading=12.5, textColor=INK)
RIGHT = ParagraphStyle("right", parent=BODY, alignment=TA_RIGHT)
SMALL = ParagraphStyle("small", parent=BODY, fontSize=8.5, textColor=SOFT)
TITLE = ParagraphStyle("title", parent=BODY, fontName=paper.SERIF, fontSize=22, leading=27)


def make(statement: Statement, *, payer: str, first: date, last: date, zone: str, site: str, remit: Sequence[str]) -> bytes:
    """The PDF's bytes (US letter)."""
    file = io.BytesIO()
    story: list[Any] = [
        Paragraph(escape(site), SMALL), Paragraph("Statement", TITLE), Paragraph(_text(payer), BODY),
        Paragraph(f"{times.date_words(first)} to {times.date_words(last)}", SMALL), Spacer(1, 14),
        _lines(statement, zone), Spacer(1, 16), _ages(statement), Spacer(1, 16), Paragraph("Send a check to", SMALL),
        *(Paragraph(_text(line), BODY) for line in remit)]
    SimpleDocTemplate(file, pagesize=letter, leftMargin=48, rightMargin=48, topMargin=54, bottomMargin=54, title=f"Statement, {payer}",
                      author=site, lang="en-US", invariant=1).build(story)
    return file.getvalue()


def _lines(statement: Statement, zone: str) -> Table:
    rows = [[Paragraph(word, SMALL) for word in ("Day", "What", "Owed", "Paid", "Open")],
            [Paragraph("", BODY), Paragraph("<b>Open before</b>", BODY), "", "", _amount(statement.opening_cents)]]
    for line in statement.lines:
        parts = [f"{part.papers or part.order_ref} {money.written(part.cents)}" for part in line.parts] if len(line.parts) > 1 else []
        about = " · ".join(part for part in (line.order_ref, *parts, line.text) if part)
        what = f'{_text(line.what)}<br/><font color="#62564a" size="8">{_text(about)}</font>'
        rows.append([Paragraph(times.date_words(times.local(line.at, zone).date()), BODY), Paragraph(what, BODY),
                     _amount(line.owed_cents, empty=True), _amount(line.paid_cents, empty=True), _amount(line.open_cents)])
    rows.append([Paragraph("", BODY), Paragraph("<b>Open at the end</b>", BODY), _amount(statement.owed_cents),
                 _amount(statement.paid_cents), _amount(statement.closing_cents)])
    return Table(rows, colWidths=[92, WIDTH - 92 - 210, 70, 70, 70], repeatRows=1, style=_ruled())


def _ages(statement: Statement) -> Table:
    rows = [[Paragraph(label, SMALL) for label, _ in AGES],
            [Paragraph(money.written(getattr(statement.ages, name)), BODY) for _, name in AGES]]
    return Table(rows, colWidths=[WIDTH // 6] * 6, style=_ruled())


def _amount(cents: int, *, empty: bool = False) -> Paragraph:
    return Paragraph("" if empty and not cents else money.written(cents), RIGHT)


def _text(words: str) -> str:
    return paper.readable(escape(words))


def _ruled() -> TableStyle:
    return TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE), ("VALIGN", (0, 0), (-1, -1), "TOP"),
                       ("LEFTPADDING", (0, 0), (0, -1), 0)])
