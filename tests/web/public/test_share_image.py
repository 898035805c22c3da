"""The picture beside a shared link."""

from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from tests.factories import events
from webapp.catalog import events as catalog
from webapp.web.events import share_image

PNG = b"\x89PNG\r\n\x1a\n"


def _get(client, event, **headers):
    return client.get(f"/events/{event.slug}/share.png", headers=headers)


def test_it_is_a_picture_of_the_agreed_size(client):
    answer = _get(client, events.workshop("Sleep"))
    assert answer.mimetype == "image/png"
    assert answer.data.startswith(PNG)
    assert Image.open(BytesIO(answer.data)).size == (1200, 630)
    assert len(answer.data) < 60_000


def test_the_same_words_give_the_same_bytes_and_then_304(client):
    event = events.workshop("Sleep")
    first, second = _get(client, event), _get(client, event)
    assert first.data == second.data
    again = _get(client, event, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_another_title_or_state_gives_another_picture(client):
    event = events.workshop("Sleep")
    tag = _get(client, event).headers["ETag"]
    catalog.update(event.id, version=event.version, actor_id=None, title="Sleep and play")
    renamed = _get(client, event).headers["ETag"]
    catalog.cancel(event.id, actor_id=None, reason="Snow")
    assert len({tag, renamed, _get(client, event).headers["ETag"]}) == 3


@pytest.mark.parametrize("title", ["W" * 200, "\u05e9\u05dc\u05d5\u05dd \U0001f476", "Rindfleischetikettierungs" * 7, "a " * 99 + "b"])
def test_odd_titles_are_drawn(client, title):
    assert _get(client, events.workshop(title)).data.startswith(PNG)


def test_a_draft_has_no_picture(client):
    assert _get(client, events.workshop(published=False)).status_code == 404


@pytest.mark.parametrize("text", ["", "short", "one two three four five six", "unbreakable" * 30, "a" * 90 + " b"])
def test_lines_hold_all_words_and_fit(text):
    draw, font = ImageDraw.Draw(Image.new("RGB", (10, 10))), share_image._font(40)
    lines = share_image.wrapped(draw, text, font, 400)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(draw.textlength(line, font) <= 400 for line in lines)
