"""An invoice on paper: the association's mark and name, who pays, the lines, what is due and where to send it."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from webapp.core import money, paper, times
from webapp.payments.invoices import Bill

INK, SOFT, TEAL, CLAY, LINE = (HexColor(c) for c in ("#2b231c", "#62564a", "#0e5a5b", "#a3482a", "#dfd3c1"))
LEFT, RIGHT, WIDTH = 54, 54, letter[0] - 108
FRAME = 6  # what reportlab leaves inside its frame


def make(bill: Bill, *, issued_on: date, open_cents: int, remit: Sequence[str], site: dict[str, Any],
         po_number: str | None = None) -> bytes:
    """The PDF's bytes (US letter). `open_cents` is what the invoice still asks for today, `po_number` the number that counts."""
    invoice, styles, file = bill.invoice, _styles(), io.BytesIO()
    head = [
        [
            _stack(styles, "Bill to", bill.bill_to),
            _facts(bill, issued_on, po_number if po_number is not None else bill.invoice.po_number, styles),
        ]
    ]
    story = [
        Paragraph(f"Invoice {invoice.number}", styles["title"]),
        Spacer(1, 10),
        Table(head, colWidths=[WIDTH * 55 // 100, WIDTH * 45 // 100], style=_bare()),
        Spacer(1, 22),
        _lines(bill, open_cents, styles),
        Spacer(1, 26),
        *_stack(styles, "Send a check to", [*remit, f"Please write {invoice.number} on it."]),
        Spacer(1, 10),
        Paragraph(escape(f"Or pay by card at {site['address']}/invoices/{invoice.ref}"), styles["small"]),
    ]
    document = SimpleDocTemplate(
        file,
        pagesize=letter,
        leftMargin=LEFT - FRAME,
        rightMargin=RIGHT - FRAME,
        topMargin=96,
        bottomMargin=60,
        title=f"Invoice {invoice.number}",
        author=site["name"],
        lang="en-US",
        invariant=1,
    )

    def frame(canvas: Canvas, _document: Any) -> None:
        _frame(canvas, site["name"], invoice.number)

    document.build(story, onFirstPage=frame, onLaterPages=frame)
    return file.getvalue()


def _lines(bill: Bill, open_cents: int, styles: dict[str, ParagraphStyle]) -> Table:
    invoice = bill.invoice
    rows: list[list[Any]] = [
        [Paragraph("What", styles["small"]), Paragraph(f"Amount, {invoice.currency}", styles["small_right"])]
    ]
    for line in invoice.lines:
        more = " · ".join(part for part in (line["event"], line["person"]) if part)
        what = escape(line["label"]) + (f'<br/><font color="#62564a" size="9">{escape(more)}</font>' if more else "")
        rows.append(
            [Paragraph(paper.readable(what), styles["body"]), Paragraph(money.written(line["amount_cents"]), styles["right"])]
        )
    rows.append(
        [Paragraph("<b>Total</b>", styles["body"]), Paragraph(f"<b>{money.written(invoice.total_cents)}</b>", styles["right"])]
    )
    total_row = len(rows) - 1
    rows += [
        [Paragraph(f"Credit note {note.number}", styles["body"]), Paragraph(money.written(-note.total_cents), styles["right"])]
        for note in bill.notes
    ]
    if open_cents != invoice.total_cents:
        rows.append(
            [Paragraph("<b>Still to pay</b>", styles["body"]), Paragraph(f"<b>{money.written(open_cents)}</b>", styles["right"])]
        )
    return Table(
        rows,
        colWidths=[WIDTH - 110, 110],
        repeatRows=1,
        style=TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
                ("LINEABOVE", (0, total_row), (-1, total_row), 1, INK),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
            ]
        ),
    )


def _facts(bill: Bill, issued_on: date, po_number: str, styles: dict[str, ParagraphStyle]) -> Table:
    facts = [("Issued", times.date_words(issued_on)), ("Due", times.date_words(bill.invoice.due_on))]
    if po_number:
        facts.append(("Purchase order", po_number))
    rows = [[Paragraph(term, styles["small"]), Paragraph(paper.readable(escape(value)), styles["body"])] for term, value in facts]
    return Table(rows, colWidths=[86, WIDTH * 45 // 100 - 86], style=_bare(padding=2))


def _stack(styles: dict[str, ParagraphStyle], label: str, lines: Sequence[str]) -> list[Paragraph]:
    shown = [Paragraph(paper.readable(escape(line)), styles["body"]) for line in lines if line]
    return [Paragraph(label, styles["small"]), *shown]


def _frame(canvas: Canvas, name: str, number: str) -> None:
    """The mark and name at the head of every page, the page's number at its foot."""
    top = letter[1] - 58
    canvas.saveState()
    canvas.setLineWidth(2.2)
    canvas.setLineCap(1)
    canvas.setStrokeColor(TEAL)
    canvas.arc(LEFT, top - 12, LEFT + 26, top + 14, 0, 180)
    canvas.setStrokeColor(CLAY)
    canvas.arc(LEFT + 7, top - 5, LEFT + 19, top + 7, 0, 180)
    canvas.setFillColor(INK)
    canvas.setFont(paper.SERIF, 14)
    canvas.drawString(LEFT + 38, top + 1, name)
    canvas.setFont(paper.SANS, 8)
    canvas.setFillColor(SOFT)
    canvas.drawString(LEFT, 36, name)
    canvas.drawRightString(letter[0] - RIGHT, 36, f"{number}, page {canvas.getPageNumber()}")
    canvas.restoreState()


def _styles() -> dict[str, ParagraphStyle]:
    body = ParagraphStyle("body", fontName=paper.SANS, fontSize=10.5, leading=14, textColor=INK)
    small = ParagraphStyle("small", parent=body, fontSize=9, leading=13, textColor=SOFT)
    return {
        "body": body,
        "small": small,
        "right": ParagraphStyle("right", parent=body, alignment=TA_RIGHT),
        "small_right": ParagraphStyle("small_right", parent=small, alignment=TA_RIGHT),
        "title": ParagraphStyle("title", parent=body, fontName=paper.SERIF, fontSize=24, leading=29),
    }


def _bare(padding: int = 0) -> TableStyle:
    return TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), padding),
            ("BOTTOMPADDING", (0, 0), (-1, -1), padding),
        ]
    )
