"""Every kind of message can be built and worded, and mails wear the colours of the pages."""

import re

import pytest

from config import ROOT
from webapp.jobs.letters import PARTS
from webapp.jobs.rendering import KINDS, builder

TEMPLATES = ROOT / "templates" / "email"
WRITTEN = re.compile(r"outbox\.write\([^)]*?kind=\"(\w+)\"", re.DOTALL)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_its_builder_and_its_words(kind):
    assert callable(builder(KINDS[kind]))
    assert [part for part in PARTS if not (TEMPLATES / kind / part).is_file()] == []


def test_no_words_are_left_of_a_kind_that_is_gone():
    assert {path.name for path in TEMPLATES.iterdir() if path.is_dir()} == set(KINDS)


def test_every_kind_that_is_written_can_be_rendered():
    written = {kind for path in (ROOT / "webapp").rglob("*.py") for kind in WRITTEN.findall(path.read_text("utf-8"))}
    assert written
    assert written <= set(KINDS)


def test_mails_use_the_colours_of_the_tokens():
    tokens = set(re.findall(r"#[0-9a-f]{6}", (ROOT / "static/css/tokens.css").read_text()))
    used = {colour for path in TEMPLATES.rglob("*.html") for colour in re.findall(r"#[0-9a-fA-F]{3,8}\b", path.read_text("utf-8"))}
    assert used <= tokens


def test_no_mail_carries_a_script_a_form_or_a_picture_from_elsewhere():
    words = "".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.html"))
    assert re.findall(r"<script|<form|<img|onclick=|@import", words) == []
