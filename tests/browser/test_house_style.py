"""What holds on every page: components without fault, nothing wider than a phone, targets a thumb can hit, and a Back button that
never loses what was typed."""

import pytest
from playwright.sync_api import expect

from tests.browser import steps, tour
from tests.support import axe

pytestmark = [pytest.mark.browser, pytest.mark.real_time]


def test_style_page(page, screenshot):
    page.goto("/dev/style")
    screenshot("all")
    axe.assert_accessible(page)


def test_back_shows_a_refused_form_with_what_was_typed_last(page, watcher):
    watcher.expect(422)
    page.goto("/signup")
    steps.fill(page, {"Given name": "Ana", "E-mail": "nonsense"})
    steps.press(page, "Create my account")
    expect(page.get_by_role("alert")).to_be_visible()
    steps.fill(page, {"E-mail": "ana@home.example"})
    page.goto("/events")
    page.go_back()
    expect(page.get_by_label("Given name")).to_have_value("Ana")
    expect(page.get_by_label("E-mail")).to_have_value("ana@home.example")


@pytest.mark.parametrize("window", [360], indirect=True)  # the stories look at the wide pages
def test_every_page_of_every_role_keeps_the_house_style(page, watcher, newcomer):
    watcher.expect(404)  # an address nobody has
    association = tour.settle()
    faults = tour.walk(page, tour.PUBLIC, association)
    for role, paths in tour.STAFF.items():
        hers = newcomer()
        steps.sign_in(hers, association.mail[role])
        faults += tour.walk(hers, paths, association)
    assert faults == []
