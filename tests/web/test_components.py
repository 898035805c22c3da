"""What the components promise to those who build pages from them: macros in a bare Jinja environment."""

import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError
from markupsafe import Markup

from webapp.web import assets, charts

ROOT = Path(__file__).parents[2]
COMPONENTS = sorted((ROOT / "templates/components").glob("*.html"))
TEMPLATES = sorted(
    p for folder in ("components", "layouts", "errors") for p in (ROOT / "templates" / folder).glob("*.html")
)


class Page(HTMLParser):
    """Every element as (tag, attributes), and the whole text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.elements if name == tag]

    def by_id(self, wanted: str) -> dict[str, str]:
        return next(attrs for _, attrs in self.elements if attrs.get("id") == wanted)


@pytest.fixture(scope="module")
def env() -> Environment:
    bare = Environment(
        loader=FileSystemLoader(ROOT / "templates"), autoescape=True, undefined=StrictUndefined
    )
    bare.trim_blocks = bare.lstrip_blocks = True
    bare.globals.update(csrf_token=lambda: "token-1", asset_url=lambda name: f"/assets/{name}")
    return bare


@pytest.fixture
def render(env: Environment):
    def draw(source: str, **context: object) -> Page:
        return Page(env.from_string(source).render(**context))

    return draw


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_loads_alone_and_says_its_arguments(env: Environment, path: Path) -> None:
    env.get_template(f"components/{path.name}").make_module()
    assert path.read_text().startswith("{#")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_template_holds_inline_style_or_script(path: Path) -> None:
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|<script(?![^>]*\ssrc=)", path.read_text())


def test_a_field_in_error_is_described_by_its_hint_and_error(render) -> None:
    page = render(
        '{% from "components/field.html" import text_field %}'
        '{{ text_field("mail", "E-mail", "m@x", hint="We write rarely.", error="Add the ending") }}'
    )
    control = page.all("input")[0]
    assert control["aria-describedby"] == "mail-hint mail-error"
    assert control["aria-invalid"] == "true"
    assert page.by_id("mail-error") and page.all("label")[0]["for"] == control["id"] == "mail"


def test_a_field_without_error_is_not_called_wrong(render) -> None:
    page = render(
        '{% from "components/field.html" import text_field %}{{ text_field("n", "Name", error=[]) }}'
    )
    assert "aria-invalid" not in page.all("input")[0]
    assert "aria-describedby" not in page.all("input")[0]


def test_of_several_errors_the_first_is_shown(render) -> None:
    page = render(
        '{% from "components/field.html" import text_field %}{{ text_field("n", "N", error=["One", "Two"]) }}'
    )
    assert "One" in page.text and "Two" not in page.text


@pytest.mark.parametrize(
    ("call", "described", "shown"),
    [
        ('money_field("fee", "Fee", "9.00")', "fee-prefix", "$"),
        ('money_field("fee", "Fee", "9.00", currency="EUR")', "fee-prefix", "€"),
        ('time_field("at", "Begins", "09:00", zone="ET")', "at-suffix", "ET"),
        ('number_field("n", "Seats", 5, suffix="people")', "n-suffix", "people"),
    ],
)
def test_what_stands_beside_a_field_is_read_with_it(render, call: str, described: str, shown: str) -> None:
    page = render('{% import "components/field.html" as f %}{{ f.' + call + " }}")
    assert page.all("input")[0]["aria-describedby"] == described
    assert shown in page.text


def test_a_select_keeps_its_value_by_text(render) -> None:
    page = render(
        '{% from "components/field.html" import select_field %}'
        '{{ select_field("k", "Kind", [(1, "A"), (2, "B")], "2") }}'
    )
    assert [option["value"] for option in page.all("option") if "selected" in option] == ["2"]


def test_a_radio_groups_error_is_tied_to_the_fieldset_and_linked_by_its_id(render) -> None:
    page = render(
        '{% from "components/options.html" import radio_group %}'
        '{{ radio_group("mode", "How?", [("a", "A"), ("b", "B")], error="Choose one") }}'
    )
    assert page.all("fieldset")[0]["aria-describedby"] == "mode-error"
    assert [radio["id"] for radio in page.all("input")] == ["mode", "mode-1"]


def test_the_error_summary_is_an_alert_that_links_to_fields(render) -> None:
    page = render(
        '{% from "components/error_summary.html" import error_summary %}'
        '{{ error_summary([("mail", "Add it")]) }}'
    )
    box = page.all("div")[0]
    assert (box["role"], box["tabindex"]) == ("alert", "-1")
    assert page.all("a")[0]["href"] == "#mail"
    assert "One thing to put right" in page.text


def test_no_errors_make_no_summary(render) -> None:
    assert (
        render(
            '{% from "components/error_summary.html" import error_summary %}{{ error_summary([]) }}'
        ).elements
        == []
    )


def test_what_people_type_is_escaped_everywhere(render) -> None:
    nasty = '<script>alert("x")</script>'
    page = render(
        '{% from "components/person.html" import person_card %}'
        '{% from "components/field.html" import text_field, textarea_field %}'
        '{% from "components/table.html" import th_cell %}{% from "components/tag.html" import tag %}'
        '{% from "components/facts.html" import facts %}'
        '{{ person_card(x, x, x, text=x) }}{{ text_field("a", x, x, hint=x) }}'
        '{{ textarea_field("b", x, x) }}{{ th_cell(x, note=x) }}{{ tag(x) }}{{ facts([(x, x)]) }}',
        x=nasty,
    )
    assert page.all("script") == []


def test_markup_made_by_us_is_kept(render) -> None:
    page = render(
        '{% from "components/facts.html" import facts %}{{ facts([("When", x)]) }}', x=Markup("<b>now</b>")
    )
    assert len(page.all("b")) == 1


@pytest.mark.parametrize("kind", ["ok", "warn", "bad", "plain"])
def test_a_tag_has_a_word_beside_its_color(render, kind: str) -> None:
    page = render('{% from "components/tag.html" import tag %}{{ tag("Paid", kind) }}', kind=kind)
    assert page.text.strip() == "Paid"
    assert page.all("span")[0]["class"].split()[0] == "tag"


def test_the_seat_meter_adds_up(render) -> None:
    page = render('{% from "components/seats.html" import seat_meter %}{{ seat_meter(75, 52, 2) }}')
    _, taken, held = page.all("rect")
    assert (taken["width"], held["x"], held["width"]) == ("52", "52", "2")
    assert "21 of 75 seats left" in page.text and "52 taken, 2 held" in page.text


def test_the_seat_meter_of_nothing_does_not_fall(render) -> None:
    assert (
        "0 of 0 seats left"
        in render('{% from "components/seats.html" import seat_meter %}{{ seat_meter(0, 0) }}').text
    )


@pytest.mark.parametrize(
    ("left", "waiting", "words", "kind"),
    [
        (21, 0, "21 of 75 seats left", "ok"),
        (3, 0, "3 of 75 seats left", "warn"),
        (0, 0, "Full", "bad"),
        (0, 4, "Full, 4 waiting", "bad"),
    ],
)
def test_a_seat_tag_says_what_is_left(render, left: int, waiting: int, words: str, kind: str) -> None:
    page = render(
        '{% from "components/seats.html" import seat_tag %}{{ seat_tag(75, l, w) }}', l=left, w=waiting
    )
    assert (page.text.strip(), page.all("span")[0]["class"]) == (words, f"tag {kind}")


@pytest.mark.parametrize(("minutes", "words"), [(0, "0 h"), (45, "45 min"), (60, "1 h"), (345, "5 h 45 min")])
def test_minutes_are_said_as_hours(render, minutes: int, words: str) -> None:
    assert (
        render('{% from "components/hours.html" import hours_text %}{{ hours_text(m) }}', m=minutes).text
        == words
    )


def test_an_hours_badge_tells_kind_by_shape_and_word(render) -> None:
    source = '{% from "components/hours.html" import hours_badge %}{{ hours_badge(345, kind, clock=True) }}'
    training, reflective = render(source, kind="training"), render(source, kind="reflective")
    assert (len(training.all("circle")), len(reflective.all("circle"))) == (1, 2)
    assert "5 h 45 min training (5.75 clock hours)" in training.text
    assert "reflective consultation" in reflective.text


TABLE = (
    '{% from "components/table.html" import data_table, td_cell, th_cell %}'
    '{% call(row) data_table("People", columns, rows, select="who") %}'
    '{{ th_cell(row.name, "/p") }}{{ td_cell("$1", num=True) }}{% endcall %}'
)
COLUMNS = [{"label": "Name", "href": "?sort=-name", "sorted": "ascending"}, {"label": "Price", "num": True}]
ROWS = [SimpleNamespace(id=7, name="Lise"), SimpleNamespace(id=8, name="Iria", selected=True)]


def test_a_data_table_keeps_its_roles_where_it_becomes_cards(render) -> None:
    page = render(TABLE, columns=COLUMNS, rows=ROWS)
    roles = [
        attrs.get("role")
        for tag, attrs in page.elements
        if tag in {"table", "thead", "tbody", "tr", "th", "td"}
    ]
    assert None not in roles
    assert (
        roles.count("row"),
        roles.count("columnheader"),
        roles.count("rowheader"),
        roles.count("cell"),
    ) == (3, 3, 2, 4)


def test_a_data_table_says_how_it_is_sorted_and_who_is_selected(render) -> None:
    page = render(TABLE, columns=COLUMNS, rows=ROWS)
    assert [head["aria-sort"] for head in page.all("th") if "aria-sort" in head] == ["ascending"]
    assert [box["value"] for box in page.all("input") if "checked" in box] == ["8"]
    assert "Select Iria" in page.text


@pytest.mark.parametrize("call", ['post_button("Go", "/x")', 'post_button("Go", "/x", fields={"id": 3})'])
def test_a_post_button_carries_the_token(render, call: str) -> None:
    page = render('{% from "components/button.html" import post_button %}{{ ' + call + " }}")
    assert page.all("form")[0]["method"] == "post"
    assert {"type": "hidden", "name": "csrf_token", "value": "token-1"} in page.all("input")


def test_a_form_that_only_asks_carries_no_token(render) -> None:
    page = render(
        '{% from "components/form.html" import form %}{% call form("/x", method="get") %}{% endcall %}'
    )
    assert page.all("input") == []


def test_a_confirmation_asks_for_the_name(render) -> None:
    page = render(
        '{% from "components/dialog.html" import confirm %}'
        '{{ confirm("Cancel", "T", "x", "/c", "Do it", name_to_type="Sleep") }}'
    )
    assert "Type Sleep to go on" in page.text
    assert "confirm_name" in [field.get("name") for field in page.all("input")]


def test_an_unknown_icon_raises(render) -> None:
    with pytest.raises(UndefinedError):
        render('{% from "components/icon.html" import icon %}{{ icon("nonesuch") }}')


def test_a_countdown_shows_the_time_without_script(render) -> None:
    page = render(
        '{% from "components/countdown.html" import countdown %}'
        '{{ countdown("2026-09-08T14:47:00-05:00", "2:47 pm CT", 680, 900) }}'
    )
    assert "Your seat is kept until 2:47 pm CT" in " ".join(page.text.split())
    assert page.all("circle")[1]["stroke-dasharray"] == "75.6 100"


def test_a_day_bar_counts_only_the_minutes_that_count() -> None:
    bar = charts.day(
        [charts.Stretch(80, True, "9", "Morning"), charts.Stretch(15, False), charts.Stretch(85, True)],
        "A day",
    )
    assert (bar.whole, bar.counted, bar.counting) == (180, 165, [(0, 80), (95, 85)])


def test_bars_of_nothing_have_no_width() -> None:
    assert [row.width for row in charts.bars("T", [("a", 0, "none"), ("b", 0, "none")]).rows] == [0.0, 0.0]


def test_a_line_ends_today_and_its_plan_goes_on() -> None:
    chart = charts.lines("T", [charts.Series("A", [(0, 0), (50, 10)], [(80, 20)])], (0, 100), [], today=60)
    assert chart.lines[0].recorded == "M30.0 180.0H190.0V97.0H222.0"
    assert chart.lines[0].planned == "M222.0 97.0H286.0V14.0H350.0"


@pytest.mark.parametrize(
    ("status", "words"), [(404, "We cannot find that page"), (999, "Something broke on our side")]
)
def test_the_error_page_needs_nothing_but_its_status(render, status: int, words: str) -> None:
    page = render('{% extends "errors/error.html" %}', status=status)
    assert words in page.text and "!" not in page.text


LAYOUTS = ["public", "mine", "manage", "door", "paper", "bare"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("signed_in", [True, False])
def test_a_layout_stands_on_the_common_context_alone(render, layout: str, signed_in: bool) -> None:
    viewer = SimpleNamespace(
        is_authenticated=signed_in,
        short_name="Maren K.",
        can_manage=True,
        can_finance=False,
        can_door=True,
        agencies=((4, "Lakes"),),
    )
    site = SimpleNamespace(association_name="Prairie IECMH", zone_word="CT", demo=True)
    page = render(
        f'{{% extends "layouts/{layout}.html" %}}',
        site=site,
        viewer=viewer,
        current_path="/me/hours",
        now=None,
    )
    assert page.by_id("main") and page.all("a")[0]["href"] == "#main"
    assert ("Sign out" in page.text) == (signed_in and layout not in {"door", "paper"})


def shelf_app(folder: Path) -> Flask:
    (folder / "css").mkdir(parents=True, exist_ok=True)
    (folder / "js").mkdir(exist_ok=True)
    app = Flask(__name__, static_folder=str(folder), static_url_path="/raw")
    assets.init_assets(app)
    return app


@pytest.fixture
def static(tmp_path: Path) -> Path:
    (tmp_path / "css").mkdir()
    (tmp_path / "css/base.css").write_text("/* words */\n\na { color: red }\n" + "b { color: blue }\n" * 50)
    (tmp_path / "css/tokens.css").write_text(":root { --ink: black }\n")
    return tmp_path


def test_an_address_changes_with_the_content(static: Path) -> None:
    before = shelf_app(static).jinja_env.globals["asset_url"]("css")
    assert before == shelf_app(static).jinja_env.globals["asset_url"]("css")
    (static / "css/base.css").write_text("a { color: green }")
    assert shelf_app(static).jinja_env.globals["asset_url"]("css") != before


def test_the_css_is_one_file_tokens_first_without_comments(static: Path) -> None:
    assert assets.join_css(static / "css").startswith(":root { --ink: black }\na { color: red }\nb ")


def test_an_asset_is_packed_kept_for_ever_and_asked_for_once(static: Path) -> None:
    app = shelf_app(static)
    url = app.jinja_env.globals["asset_url"]("css")
    answer = app.test_client().get(url, headers={"Accept-Encoding": "gzip"})
    assert (answer.headers["Content-Encoding"], answer.content_type) == ("gzip", "text/css; charset=utf-8")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    again = app.test_client().get(
        url, headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_an_asset_is_sent_plain_to_who_cannot_unpack(static: Path) -> None:
    app = shelf_app(static)
    answer = app.test_client().get(app.jinja_env.globals["asset_url"]("css"))
    assert "Content-Encoding" not in answer.headers and answer.data.startswith(b":root")


@pytest.mark.parametrize("address", ["css.000000000000.css", "../config.py", "js/live.js", ""])
def test_an_unknown_asset_is_not_found(static: Path, address: str) -> None:
    assert shelf_app(static).test_client().get(f"/assets/{address}").status_code == 404


def test_all_css_together_stays_small() -> None:
    assert sum(file.stat().st_size for file in (ROOT / "static/css").rglob("*.css")) <= 40 * 1024


@pytest.mark.parametrize("file", sorted((ROOT / "static/js").glob("*.js")), ids=lambda file: file.stem)
def test_a_script_stays_small(file: Path) -> None:
    assert file.stat().st_size < 3 * 1024


def test_colors_are_written_in_the_tokens_only() -> None:
    files = [file for file in (ROOT / "static/css").rglob("*.css") if file.name != "tokens.css"]
    raw = re.compile(r"#[0-9a-f]{3,8}\b(?!\s*\))|rgb\(|hsl\(", re.IGNORECASE)
    assert [file.name for file in files for found in raw.findall(file.read_text()) if found != "#000"] == []


def test_dark_is_the_same_whether_the_system_or_the_address_asks() -> None:
    text = (ROOT / "static/css/tokens.css").read_text()
    system, asked = re.findall(
        r"  :root(?::not\(\[data-scheme=light\]\)|\[data-scheme=dark\]) \{(.*?)\n  \}", text, re.DOTALL
    )
    assert asked.replace("color-scheme: dark;", "").split() == system.split()


def contrast(one: str, other: str) -> float:
    def light(color: str) -> float:
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT_PAIRS = [
    *((text, ground) for text in ("ink", "soft", "teal", "clay") for ground in ("paper", "sheet", "wash")),
    *((name, f"{name}-wash") for name in ("teal", "clay", "ok", "warn", "bad")),
    ("on-teal", "teal"),
    ("on-teal", "teal-deep"),
    ("on-bad", "bad"),
    ("ink", "teal-wash"),
    ("soft", "teal-wash"),
    ("ink", "clay-wash"),
    ("ink", "bad-wash"),
    ("teal", "warn-wash"),
    ("teal", "ok-wash"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_stands_out_from_its_ground(scheme: str, text: str, ground: str) -> None:
    tokens = (ROOT / "static/css/tokens.css").read_text()
    block = tokens.split("@media")[0 if scheme == "light" else 1]
    colors = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
    assert contrast(colors[text], colors[ground]) >= 4.5
