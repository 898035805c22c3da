"""The picture beside a shared link: 1200 by 630, the association's marks, title, dates and hours (https://ogp.me, og:image)."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from webapp.core import times
from webapp.web.events import words

SIZE = (1200, 630)
MARGIN = 84
LAYOUT = 1  # counted up when the drawing changes
PAPER, INK, SOFT, TEAL, CLAY, ARC = "#f3eadc", "#2b231c", "#62564a", "#0e5a5b", "#a3482a", "#e3bfa8"
TITLE_SIZES = (76, 64, 54, 46)
TITLE_LINES = 4
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True)
class Card:
    """The finished words of a picture."""

    association: str
    kind: str
    title: str
    when: str
    hours: str

    @property
    def digest(self) -> str:
        """A name for exactly this content and drawing."""
        return hashlib.sha256(f"{LAYOUT}{self}".encode()).hexdigest()[:16]


def card(row: Any, association: str) -> Card:
    """The words of an event's picture."""
    first, last = (times.local(moment, row.zone).date() if moment else None for moment in (row.starts_at, row.ends_at))
    when = words.days_span(first, last) if first and last else "Dates will follow"
    also = "and online" if row.mode == "hybrid" else ""
    where = "Online" if row.mode == "online" else ", ".join(part for part in (row.city, also) if part)
    hours = " and ".join(f"{times.hours_words(minutes)} {name}" for minutes, name in (
        (row.training_minutes, "training"), (row.rsc_minutes, "reflective consultation")) if minutes)
    kind = "Cancelled" if row.status == "cancelled" else words.KIND[row.kind]
    return Card(association, kind, row.title, " \u00b7 ".join(part for part in (when, where) if part), hours)


@lru_cache(maxsize=64)
def png(wanted: Card) -> bytes:
    """The picture's bytes."""
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    _arcs(draw)
    draw.rectangle((0, SIZE[1] - 14, SIZE[0], SIZE[1]), fill=TEAL)
    _mark(draw, MARGIN, 64)
    draw.text((MARGIN + 84, 74), wanted.association, fill=SOFT, font=_font(30))
    draw.text((MARGIN, 158), wanted.kind, fill=CLAY, font=_font(32))
    _title(draw, wanted.title)
    draw.text((MARGIN, 494), _fitted(draw, wanted.when, _font(36)), fill=INK, font=_font(36))
    if wanted.hours:
        draw.ellipse((MARGIN, 560, MARGIN + 22, 582), fill=TEAL)
        draw.text((MARGIN + 38, 550), wanted.hours, fill=TEAL, font=_font(34))
    out = BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def wrapped(draw: ImageDraw.ImageDraw, text: str, font: Font, width: int) -> list[str]:
    """The text in lines no wider than `width`; a word that is wider alone is broken."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        while draw.textlength(word, font) > width:
            cut = next(size for size in range(len(word) - 1, 0, -1) if draw.textlength(word[:size], font) <= width)
            lines += [line, word[:cut]] if line else [word[:cut]]
            line, word = "", word[cut:]
        longer = f"{line} {word}".strip()
        if line and draw.textlength(longer, font) > width:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line] if line else lines


def _title(draw: ImageDraw.ImageDraw, title: str) -> None:
    width = SIZE[0] - 2 * MARGIN
    for size in TITLE_SIZES:
        lines = wrapped(draw, title, _font(size), width)
        if len(lines) * size * 1.2 <= 270:
            break
    shown = lines[:TITLE_LINES]
    if len(lines) > TITLE_LINES:
        shown[-1] = _fitted(draw, shown[-1] + " \u2026", _font(size))
    for number, line in enumerate(shown):
        draw.text((MARGIN, 208 + number * size * 1.2), line, fill=INK, font=_font(size), stroke_width=size // 40, stroke_fill=INK)


def _fitted(draw: ImageDraw.ImageDraw, text: str, font: Font) -> str:
    while draw.textlength(text, font) > SIZE[0] - 2 * MARGIN and len(text) > 2:
        text = text.rstrip("\u2026 ")[:-1].rstrip() + "\u2026"
    return text


def _arcs(draw: ImageDraw.ImageDraw) -> None:
    for radius in range(60, 560, 40):
        draw.arc((1010 - radius, 700 - radius, 1010 + radius, 700 + radius), 180, 360, fill=ARC, width=2)


def _mark(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    draw.arc((x, y, x + 64, y + 64), 180, 360, fill=TEAL, width=6)
    draw.arc((x + 17, y + 17, x + 47, y + 47), 180, 360, fill=CLAY, width=6)


@lru_cache(maxsize=16)
def _font(size: int) -> Font:
    return ImageFont.load_default(size)
