"""Our coming events on other sites: /widget, /widget.js, and the page that gives the lines to paste."""

import html
import re

import pytest

from tests.factories import events, people
from webapp.catalog import parts


def titles(client, query: str = "") -> list[str]:
    """The events in the frame."""
    return re.findall(r"<h3><a href=\"/events/[^\"]+\">([^<]+)</a>", client.get(f"/widget{query}").text)


def test_it_lists_what_comes_next_by_date(client):
    events.workshop("Later", starts=events.at(40))
    events.workshop("Sooner", starts=events.at(20))
    events.workshop("Draft", published=False)
    assert titles(client) == ["Sooner", "Later"]


def test_filters_narrow_it(client):
    events.workshop("Course")
    events.conference("Meeting")
    cohort = parts.programme("Capstone", "")
    events.cohort("Cohort", programme_id=cohort.id)
    assert titles(client, "?kind=conference") == ["Meeting"]
    assert titles(client, f"?programme={cohort.slug}") == ["Cohort"]
    assert titles(client, "?q=course&mode=in_person") == ["Course"]
    assert len(titles(client, "?count=2")) == 2


@pytest.mark.parametrize("query", ["?kind=party", "?count=many", "?count=-3", "?scheme=pink", "?count=0&page=9", "?from=2090-01-01",
                                   "?hours_min=x"])
def test_words_that_mean_nothing_are_left_out(client, query):
    events.workshop("Course")
    assert titles(client, query) == ["Course"]


@pytest.mark.parametrize("query", ["?programme=nothing", "?programme=%00", "?q=nowhere", "?programme=" + "x" * 500])
def test_nothing_found_is_said_kindly(client, query):
    answer = client.get(f"/widget{query}")
    assert answer.status_code == 200 and ("Nothing is announced" in answer.text or query.endswith("%00"))


def test_caches_keep_it_and_nobody_is_followed(client, sign_in):
    sign_in(client, people.person())
    for path in ("/widget", "/widget.js"):
        answer = client.get(path)
        assert answer.headers["Cache-Control"].startswith("public, max-age=")
        assert "Set-Cookie" not in answer.headers and "Cookie" not in answer.headers.get("Vary", "")
        assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert "Set-Cookie" not in client.get("/calendar.ics").headers and "Set-Cookie" in client.get("/events").headers


def test_it_changes_its_tag_with_its_content(client):
    before = client.get("/widget").headers["ETag"]
    events.workshop()
    assert client.get("/widget").headers["ETag"] != before


def test_only_the_widget_may_be_framed(client):
    allowed = {path: re.search("frame-ancestors ([^;]+)", client.get(path).headers["Content-Security-Policy"])[1]
               for path in ("/widget", "/widget?kind=party", "/events", "/login", "/widget.js")}
    assert allowed == {"/widget": "*", "/widget?kind=party": "*", "/events": "'none'", "/login": "'none'", "/widget.js": "'none'"}


def test_one_scheme_can_be_asked_for(client):
    assert 'data-scheme="dark"' in client.get("/widget?scheme=dark").text
    assert "data-scheme" not in client.get("/widget?scheme=pink").text


def test_organizers_get_the_lines_to_paste_and_a_preview(client, sign_in):
    sign_in(client, people.person(roles=["organizer"]))
    page = client.get("/manage/widget?kind=workshop&count=3")
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert 'src="/widget?kind=workshop&amp;count=3"' in page.text
    script = html.unescape(re.search("<textarea[^>]*>([^<]*)</textarea>", page.text)[1])
    assert script == ('<script src="http://attune.test/widget.js" data-kind="workshop" data-count="3" async></script>\n'
                      '<noscript><a href="http://attune.test/widget?kind=workshop&amp;count=3">Coming events</a></noscript>')


def test_a_quote_in_a_filter_stays_a_quote(client, sign_in):
    sign_in(client, people.person(roles=["organizer"]))
    page = client.get("/manage/widget", query_string={"programme": '"><script>alert(1)</script>'}).text
    script = html.unescape(re.search("<textarea[^>]*>([^<]*)</textarea>", page)[1])
    assert 'data-programme="&#34;&gt;&lt;script&gt;' in script and "<script>alert" not in page


def test_the_page_is_for_organizers(client, sign_in):
    sign_in(client, people.person())
    assert client.get("/manage/widget").status_code == 404


def test_the_number_of_statements_does_not_grow_with_the_list(client, query_count):
    counts = []
    for number in (1, 8):
        for _ in range(number):
            events.workshop()
        client.get("/widget?count=20")
        with query_count() as seen:
            client.get("/widget?count=20")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 5
