"""A pasted list of names, line by line: pure and tolerant. What cannot be used says why; nothing of it is lost.

Understood: `Given Family <mail>`, `Family, Given; mail`, `Given,Family,mail`, columns from a spreadsheet (tabs), with or without a
first line of headings, with bullets and numbers before the names. A column with a digit in it is a membership number.
"""

import re
from dataclasses import dataclass

from webapp.accounts import names
from webapp.core import text
from webapp.core.errors import Unacceptable

MOST = 200  # people in one booking
MOST_LETTERS = 200_000
_ADDRESS = re.compile(r"(?:mailto:)?([^\s<>;,\"'()|]+@[^\s<>;,\"'()|]+)", re.IGNORECASE)
_EMPTY = re.compile(r"[<(\[]\s*[>)\]]")
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,3}[.)])\s+")
_FAMILY = {"family", "family name", "last", "last name", "lastname", "surname", "name last"}
_GIVEN = {"given", "given name", "first", "first name", "firstname", "name first"}
_OTHER = {"mail", "e-mail", "email", "e-mail address", "email address", "name", "full name", "member", "membership", "number",
          "membership number", "member number", "address"}


@dataclass(frozen=True)
class Line:
    """One line: its number from 1, as it was typed, what was understood, and what is wrong with it (a sentence)."""

    number: int
    typed: str
    given: str = ""
    family: str = ""
    email: str = ""
    member_number: str = ""
    problem: str = ""

    @property
    def name(self) -> str:
        """Both names in one line."""
        return f"{self.given} {self.family}".strip()


def read(pasted: str) -> list[Line]:
    """The lines with something on them, in order; a line of headings is used and left out."""
    found: list[Line] = []
    family_first = False
    for number, typed in enumerate(pasted.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if not typed.strip():
            continue
        if not found and (heads := _headings(typed)):
            family_first = heads[0] in _FAMILY
            continue
        found.append(_line(number, typed, family_first))
    return found


def _headings(typed: str) -> list[str]:
    parts = [part.strip().strip('"').lower() for part in re.split(r"[\t;,]", typed) if part.strip()]
    return parts if parts and all(part in _FAMILY | _GIVEN | _OTHER for part in parts) else []


def _line(number: int, typed: str, family_first: bool) -> Line:
    try:
        whole = text.clean(_BULLET.sub("", typed), limit=1000, lines=True)
        mails = _ADDRESS.findall(whole)
        if len(mails) > 1:
            return Line(number, typed, problem="There are two e-mail addresses on this line. Put each person on a line of her own.")
        email = names.address(mails[0].strip(".,;:")) if mails else ""
        given, family, member_number = _names(whole, bool(mails), family_first)
        given, family = names.person(given, family) if given or family else ("", "")
    except Unacceptable as refusal:
        return Line(number, typed, problem=refusal.sentence)
    if "@" in f"{given}{family}":
        return Line(number, typed, problem="Write the whole e-mail address, for example maria@example.org.")
    return Line(number, typed, given, family, email, member_number)


def _names(whole: str, has_mail: bool, family_first: bool) -> tuple[str, str, str]:
    """Given name, family name and membership number of a line without its address."""
    in_columns = has_mail and re.search(r"[,\t]\s*[\"<]?\s*(?:mailto:)?[^\s,;\t]+@|@[^\s,;\t]+[\">]?\s*[,\t]", whole) is not None
    rest = _EMPTY.sub(" ", _ADDRESS.sub(" ", whole))
    cut = "\t" if "\t" in rest else ";" if ";" in rest.strip(" ;") else ","
    parts = [part.strip().strip("\"'<>()").strip() for part in rest.strip(" \t;").split(cut)]
    parts = [part for part in parts if part.strip(",; ")]
    member_number = next((part for part in parts[1:] if re.search(r"\d", part) and len(part) <= 40), "")
    parts = [part for part in parts if part != member_number or not member_number]
    if len(parts) == 1 and cut != "," and "," in parts[0]:
        parts, cut = [part.strip() for part in parts[0].split(",") if part.strip()], ","
        in_columns = False
    if not parts:
        return "", "", member_number
    if len(parts) == 1:
        *given, family = parts[0].strip(",").split() or [""]
        return (" ".join(given), family, member_number) if given else (family, "", member_number)
    turned = family_first or (cut == "," and not in_columns)
    return (parts[1], parts[0], member_number) if turned else (parts[0], parts[1], member_number)
