"""What comes in as text: NFC, line feeds only, no control characters (PostgreSQL refuses NUL, calendars refuse the rest), nothing unseen
that turns the words after it around."""

import re
import unicodedata

from webapp.core.errors import Unacceptable

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Embeddings, overrides, isolates, blanks of no width: pasted along unseen. Those that Arabic or Persian words need (200c to 200f) stay.
_UNSEEN = re.compile(r"[\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def clean(value: str, *, field: str | None = None, limit: int = 255, lines: bool = False) -> str:
    """The text in NFC with LF line ends, outer blanks and unseen marks cut. Control characters and over-long texts are refused.

    `limit` counts characters. `lines` allows line feeds and tabs; without it they become single spaces.
    """
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))).strip()
    if _CONTROL.search(text):
        raise Unacceptable("There is a character in it that cannot be stored. Please type it again.", field=field)
    if not lines:
        text = " ".join(text.split())
    if len(text) > limit:
        raise Unacceptable(f"Please keep it to {limit:,} characters; it has {len(text):,}.", field=field)
    return text


def searchable(*parts: str | None) -> str:
    """Lower-case text without accents, for the search column and for what a person searches."""
    joined = " ".join(part for part in parts if part)
    decomposed = unicodedata.normalize("NFKD", joined.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def slug(title: str) -> str:
    """The words of a title as an address: `Sleep & feeding` -> `sleep-feeding`. At most 80 characters."""
    return re.sub(r"[^a-z0-9]+", "-", searchable(title)).strip("-")[:80].strip("-") or "event"
