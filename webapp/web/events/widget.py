"""Our coming events on other sites: what a site asks for, and the lines that ask for it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup, escape
from sqlalchemy import ColumnElement, select

from webapp.catalog import filters
from webapp.catalog.filters import Filters
from webapp.catalog.models import Event, Programme
from webapp.core import clock
from webapp.web.events import addresses

USUAL, MOST = 5, 20
SCHEMES = ("light", "dark")
LEFT_OUT = ("page", "from", "to")  # a list of what comes has neither pages nor dates


@dataclass(frozen=True)
class Wanted:
    """What a site asks for: the catalog's filters, a programme, how many, and a scheme where the site has only one."""

    filters: Filters
    programme: str = ""
    count: int = USUAL
    scheme: str = ""

    @property
    def words(self) -> dict[str, str]:
        """The query words that say it."""
        asked = addresses.query(self.filters)
        more = {"programme": self.programme, "count": str(self.count) if self.count != USUAL else "", "scheme": self.scheme}
        return asked | {name: value for name, value in more.items() if value}

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """The events it is about; of a programme nobody has there are none."""
        found = filters.matching(self.filters, clock.now())
        if self.programme:
            found.append(Event.programme_id.in_(select(Programme.id).where(Programme.slug == self.programme)))
        return found


def parse(words: dict[str, str]) -> Wanted:
    """Reads query words; what means nothing is left out."""
    asked = filters.parse({name: value for name, value in words.items() if name not in LEFT_OUT})
    count, scheme = words.get("count", ""), words.get("scheme", "")
    number = int(count) if count.isascii() and count.isdigit() and len(count) < 3 else USUAL
    programme = words.get("programme", "")[:100]
    return Wanted(asked, programme if programme.isprintable() else "", min(max(number, 1), MOST), scheme if scheme in SCHEMES else "")


def address(wanted: Wanted) -> str:
    """The page that a frame shows."""
    return "/widget" + (f"?{urlencode(wanted.words)}" if wanted.words else "")


def script_tag(wanted: Wanted, base_url: str) -> str:
    """The line for sites that allow scripts, with a link where they do not run."""
    data = Markup("").join(Markup(' data-{}="{}"').format(name.replace("_", "-"), value) for name, value in wanted.words.items())
    tag = Markup('<script src="{}/widget.js"{} async></script>\n<noscript><a href="{}{}">Coming events</a></noscript>')
    return str(tag.format(base_url, data, base_url, address(wanted)))


def frame_tag(wanted: Wanted, base_url: str, name: str) -> str:
    """The line for sites that allow frames only."""
    return (f'<iframe src="{escape(base_url + address(wanted))}" title="Coming events of {escape(name)}" width="100%" height="600" '
            'loading="lazy"></iframe>')
