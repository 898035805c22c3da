"""What a viewer may do, by role and scope; and where a sign-in may lead."""

import pytest

from webapp.web.access import local_path
from webapp.web.viewer import GUEST, Grant, Viewer


def _viewer(*grants: Grant) -> Viewer:
    return Viewer(account_id=1, person_id=1, grants=grants)


@pytest.mark.parametrize(("grant", "may"), [
    (Grant("organizer"), True), (Grant("organizer", event_id=7), True), (Grant("organizer", event_id=8), False), (Grant("finance"), False),
    (Grant("admin"), True), (Grant("coordinator", organization_id=3), True), (Grant("coordinator", organization_id=4), False),
    (Grant("supervisor", agency_id=7), False)])
def test_a_role_reaches_as_far_as_its_scope(grant: Grant, may: bool) -> None:
    assert _viewer(grant).may(("organizer", "coordinator"), event_id=7, organization_id=3) is may


def test_a_scope_of_one_kind_never_opens_another() -> None:
    assert not _viewer(Grant("organizer", agency_id=7)).may(("organizer",), event_id=7)
    assert not _viewer(Grant("organizer", event_id=7)).may(("organizer",))


def test_everywhere_asks_for_a_role_without_scope() -> None:
    assert _viewer(Grant("organizer")).everywhere("organizer")
    assert not _viewer(Grant("organizer", event_id=7)).everywhere("organizer")
    assert _viewer(Grant("admin")).everywhere("finance")


def test_the_guest_holds_nothing() -> None:
    assert (GUEST.is_authenticated, GUEST.has_any(("organizer",)), GUEST.may(("organizer",), event_id=1)) == (False, False, False)


@pytest.mark.parametrize("typed", ["/me/hours", "/events?q=sleep&page=2", "/events/schlaf-ü"])
def test_a_path_of_this_site_is_followed(typed: str) -> None:
    assert local_path(typed) == typed


@pytest.mark.parametrize("typed", [None, "", "me", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)",
                                   "/a\\..\\b", "/\tevil", "/me\r\nSet-Cookie: a=b", "///evil.example", "/" + "x" * 2000])
def test_everything_else_leads_home(typed: str | None) -> None:
    assert local_path(typed) == "/me"
