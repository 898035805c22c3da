"""Type on paper (PDF): the product's faces, letters the built-in faces do not have, and scripts written from right to left."""

import re
import unicodedata
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

SERIF, SANS = "Times-Bold", "Helvetica"
MORE, EAST, KOREAN = "Attune-More", "STSong-Light", "HYSMyeongJo-Medium"
_FACE = Path(__file__).parent / "fonts" / "DejaVuSans.ttf"
_LATIN = r"\x00-\xff\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u20ac"
_RTL = r"\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff"
_HAN, _HANGUL = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0002ffff", r"\u1100-\u11ff\uac00-\ud7af"
_RUNS = re.compile(
    f"(?P<rtl>[{_RTL}]+(?:[ ,.\\-]+[{_RTL}]+)*)|(?P<han>[{_HAN}]+)|(?P<hangul>[{_HANGUL}]+)|(?P<more>[^{_LATIN}{_RTL}{_HAN}{_HANGUL}]+)"
)


def readable(markup: str) -> str:
    """A reportlab paragraph's text in which words of other scripts are set in a face that has them, in the order of sight."""
    return _RUNS.sub(lambda run: f'<font name="{_face(str(run.lastgroup))}">{_seen(run)}</font>', markup)


def right_to_left(run: str) -> str:
    """The letters of a right-to-left run in the order they are drawn, Arabic ones joined; marks stay with their letters."""
    clusters: list[str] = []
    for letter in _joined(run):
        if unicodedata.combining(letter) and clusters:
            clusters[-1] += letter
        else:
            clusters.append(letter)
    return "".join(reversed(clusters))


def _seen(run: re.Match[str]) -> str:
    return right_to_left(run[0]) if run.lastgroup == "rtl" else run[0]


@cache
def _face(script: str) -> str:
    """The name of the face for a script; the first use registers it. East Asian faces are the reader's own, not embedded."""
    name = {"han": EAST, "hangul": KOREAN}.get(script, MORE)
    pdfmetrics.registerFont(TTFont(MORE, str(_FACE)) if name == MORE else UnicodeCIDFont(name))
    return name


@cache
def _forms() -> dict[tuple[str, str], str]:
    """Arabic letters as they join, by (letter or pair, form): Unicode's own table of presentation forms."""
    found = {}
    for code in (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD)):
        form, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        if form in ("<isolated>", "<initial>", "<medial>", "<final>") and len(letters) <= 2:
            found["".join(chr(int(one, 16)) for one in letters), form[1:-1]] = chr(code)
    return found


def _joined(run: str) -> str:
    """Arabic letters replaced by the forms they take beside each other; lam and alef become one."""
    run = re.sub("\u0644([\u0622\u0623\u0625\u0627])", lambda pair: _forms()[pair[0], "isolated"], run)
    letters = [at for at, letter in enumerate(run) if not unicodedata.combining(letter)]
    shaped = list(run)
    for place, at in enumerate(letters):
        before = run[letters[place - 1]] if place else ""
        after = run[letters[place + 1]] if place + 1 < len(letters) else ""
        shaped[at] = _shape(before, run[at], after)
    return "".join(shaped)


def _shape(before: str, letter: str, after: str) -> str:
    to_right = _goes_on(before) and (_has(letter, "final") or _is_pair(letter))
    to_left = _goes_on(letter) and (_has(after, "final") or _is_pair(after))
    form = {(True, True): "medial", (True, False): "final", (False, True): "initial"}.get((to_right, to_left), "isolated")
    base = unicodedata.normalize("NFKC", letter) if _is_pair(letter) else letter
    return _forms().get((base, form), letter)


def _goes_on(letter: str) -> bool:
    """Whether a letter joins to the one after it."""
    return _has(letter, "initial")


def _is_pair(letter: str) -> bool:
    return "\ufef5" <= letter <= "\ufefc"


def _has(letter: str, form: str) -> bool:
    return (letter, form) in _forms()
