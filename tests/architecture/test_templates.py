"""Templates: nothing inline (the content policy would refuse it), all of them parse, and unknown names raise."""

import re

import pytest
from jinja2 import StrictUndefined

from tests.support import source

PAGES = [path for path in sorted((source.ROOT / "templates").rglob("*.html")) if "email" not in path.parts]
INLINE = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "event attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*(\ssrc=|application/ld\+json))", re.IGNORECASE),
    "style element": re.compile(r"<style", re.IGNORECASE),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
}


@pytest.mark.parametrize("what", INLINE)
def test_nothing_inline(what):
    wrong = [f"{source.short(path)}:{text.count(chr(10), 0, found.start()) + 1}" for path in PAGES
             for text in [path.read_text("utf-8")] for found in INLINE[what].finditer(text)]
    assert wrong == []


def test_every_template_parses(app):
    names = app.jinja_env.list_templates()
    assert len(names) > 30
    for name in names:
        app.jinja_env.get_template(name)


def test_unknown_names_raise(app):
    assert app.jinja_env.undefined is StrictUndefined


def test_only_components_call_a_text_safe():
    wrong = [source.short(path) for path in PAGES if "components" not in path.parts and re.search(r"\|\s*safe\b", path.read_text("utf-8"))]
    assert wrong == []
