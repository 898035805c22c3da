"""A page as its reader sees it: forms with what stands in them, links, headings, errors, text. By the standard library."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))


@dataclass
class Element:
    """An element with its attributes, children (elements and texts) and parent."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    def all(self, tag: str = "", /, **attributes: str) -> list["Element"]:
        """Elements inside with this tag and these attributes; `class_` asks for one of its classes."""
        return [found for child in self.children if isinstance(child, Element) for found in [child, *child.all()]
                if _fits(found, tag, attributes)]

    def one(self, tag: str = "", /, **attributes: str) -> "Element":
        """The only such element."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of <{tag} {attributes}>"
        return found[0]

    @property
    def text(self) -> str:
        """What is read: white space made single, scripts and styles left out."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> list[str]:
        if self.tag in ("script", "style", "template"):
            return []
        return [piece for child in self.children for piece in ([child] if isinstance(child, str) else [" ", *child._texts(), " "])]


class Page(Element):
    """A whole page."""

    @property
    def title(self) -> str:
        """The words of <title>."""
        return self.one("title").text

    @property
    def heading(self) -> str:
        """The words of the only h1."""
        return self.one("h1").text

    def links(self) -> dict[str, str]:
        """Addresses by the words of their links."""
        return {link.text: link.attributes["href"] for link in self.all("a") if "href" in link.attributes}

    def form(self, action: str = "") -> Element:
        """The only form, or the one whose action ends so."""
        found = [form for form in self.all("form") if form.attributes.get("action", "").endswith(action)]
        assert len(found) == 1, f"{len(found)} forms to {action!r}: {[form.attributes.get('action') for form in self.all('form')]}"
        return found[0]

    def errors(self) -> list[str]:
        """The sentences of the error summary."""
        return [entry.text for box in self.all(role="alert") for entry in box.all("li")]


def parse(text: str) -> Page:
    """The page of an answer: `parse(client.get("/").text)`."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.page


def filled(form: Element) -> dict[str, list[str]]:
    """What a browser would send if the form were submitted as it stands, for the test client's `data`."""
    sent: dict[str, list[str]] = {}
    for control in form.all():
        name = control.attributes.get("name")
        if not name or "disabled" in control.attributes:
            continue
        for value in _values(control):
            sent.setdefault(name, []).append(value)
    return sent


def _values(control: Element) -> list[str]:
    kind = control.attributes.get("type", "text")
    if control.tag == "textarea":
        return ["".join(child for child in control.children if isinstance(child, str)).removeprefix("\n")]
    if control.tag == "select":
        options = control.all("option")
        chosen = [option for option in options if "selected" in option.attributes]
        if not chosen and "multiple" not in control.attributes:
            chosen = options[:1]
        return [option.attributes.get("value", option.text) for option in chosen]
    if control.tag != "input" or kind in ("submit", "button", "image", "reset", "file"):
        return []
    if kind in ("checkbox", "radio") and "checked" not in control.attributes:
        return []
    return [control.attributes.get("value", "on" if kind in ("checkbox", "radio") else "")]


def _fits(element: Element, tag: str, attributes: dict[str, str]) -> bool:
    if tag and element.tag != tag:
        return False
    for key, value in attributes.items():
        if key == "class_":
            if value not in element.attributes.get("class", "").split():
                return False
        elif element.attributes.get(key.rstrip("_").replace("_", "-")) != value:
            return False
    return True


class _Reader(HTMLParser):
    """Builds the tree; end tags that HTML lets one leave out (li, p, option) are ours to write, so it stays simple."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page("#page")
        self._open: list[Element] = [self.page]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)
