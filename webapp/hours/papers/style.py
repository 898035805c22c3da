"""What certificate and transcript share: colours, faces, the mark, a QR code, tables without boxes."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

import segno
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table, TableStyle

from webapp.core import paper

INK, SOFT, TEAL, CLAY, LINE = (HexColor(c) for c in ("#2b231c", "#62564a", "#0e5a5b", "#a3482a", "#dfd3c1"))
_BODY = ParagraphStyle("body", fontName=paper.SANS, fontSize=10, leading=14, textColor=INK)
_SMALL = ParagraphStyle("small", parent=_BODY, fontSize=8.5, leading=12, textColor=SOFT)
_H1 = ParagraphStyle("h1", parent=_BODY, fontName=paper.SERIF, fontSize=26, leading=31)
STYLES = {
    "body": _BODY, "small": _SMALL, "h1": _H1,
    "right": ParagraphStyle("right", parent=_BODY, alignment=TA_RIGHT),
    "small_right": ParagraphStyle("small_right", parent=_SMALL, alignment=TA_RIGHT),
    "h2": ParagraphStyle("h2", parent=_H1, fontSize=15, leading=19, spaceBefore=14, spaceAfter=4),
    "who": ParagraphStyle("who", parent=_H1, fontSize=32, leading=40, textColor=TEAL, alignment=TA_CENTER),
    "what": ParagraphStyle("what", parent=_H1, fontSize=20, leading=25, alignment=TA_CENTER),
    "center": ParagraphStyle("center", parent=_BODY, fontSize=11.5, leading=16, alignment=TA_CENTER),
    "big": ParagraphStyle("big", parent=_BODY, fontSize=14, leading=19, alignment=TA_CENTER),
}


def text(words: str, style: str = "body", *, bold: bool = False) -> Paragraph:
    """A paragraph of plain words in any script."""
    escaped = paper.readable(escape(words))
    return Paragraph(f"<b>{escaped}</b>" if bold else escaped, STYLES[style])


def mark(canvas: Canvas, x: float, y: float, size: float = 26) -> None:
    """The product's two arcs, their feet at (x, y)."""
    canvas.saveState()
    canvas.setLineCap(1)
    canvas.setLineWidth(size / 12)
    for share, colour in ((1.0, TEAL), (0.46, CLAY)):
        inset = size * (1 - share) / 2
        canvas.setStrokeColor(colour)
        canvas.arc(x + inset, y - size * share / 2, x + size - inset, y + size * share / 2, 0, 180)
    canvas.restoreState()


def qr(canvas: Canvas, address: str, x: float, y: float, size: float) -> None:
    """A QR code of the address as squares, its lower left corner at (x, y)."""
    modules = [list(row) for row in segno.make(address, error="m", micro=False).matrix]
    step = size / len(modules)
    canvas.setFillColor(INK)
    for line, row in enumerate(modules):
        for column, dark in enumerate(row):
            if dark:
                canvas.rect(x + column * step, y + size - (line + 1) * step, step, step, stroke=0, fill=1)


def table(rows: Sequence[Sequence[Any]], widths: Sequence[float], *, head: bool = False, totals: int = 0) -> Table:
    """Rows with hair lines between them; a head that repeats on each page; the last `totals` rows under a rule."""
    look = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 4),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5), ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE)]
    if head:
        look.append(("LINEBELOW", (0, 0), (-1, 0), 0.8, SOFT))
    if totals:
        look.append(("LINEABOVE", (0, -totals), (-1, -totals), 0.8, INK))
    return Table([list(row) for row in rows], colWidths=list(widths), repeatRows=int(head), style=TableStyle(look))
