"""A small association with something on every page, the pages of each role, and what is looked for on each."""

from dataclasses import dataclass, field
from datetime import timedelta

from playwright.sync_api import Page

from tests.factories import events, hours, people, registrations
from tests.factories.registrations import address
from tests.support import axe
from webapp.accounts import agencies
from webapp.accounts.models import Person
from webapp.catalog.models import Event
from webapp.core import clock
from webapp.core.db import db, transaction
from webapp.registration.models import Order

ROLES = ("organizer", "finance", "reviewer", "door", "admin")
EVENT = ("", "/edit", "/sessions", "/sessions/new", "/prices", "/questions", "/people", "/people/new", "/set-asides", "/set-asides/new",
         "/attendance", "/hours", "/messages", "/history", "/duplicate", "/cancel")
PUBLIC = ("/", "/events", "/events?view=month", "/events/{workshop}", "/events/{conference}", "/events/{conference}/programme",
          "/events/{workshop}/register", "/events/{conference}/register", "/events/{cohort}/register", "/calendar", "/privacy", "/verify",
          "/find", "/login", "/login/link", "/reset", "/signup", "/events/nowhere", "/orders/{order}", "/orders/{order}/calendar")
STAFF = {
    "attendee": ("/me", "/me/registrations", "/me/registrations?show=orders", "/me/hours", "/me/transcript", "/me/calendar", "/me/account",
                 "/me/account/addresses", "/me/account/password", "/me/privacy", "/me/privacy/delete", "/events/{workshop}"),
    "supervisor": ("/agency/{agency}", "/agency/{agency}?money=overdue&q=nobody"),
    "organizer": ("/manage", "/manage/events/new", *(f"/manage/events/{{conference}}{page}" for page in EVENT),
                  *(f"/manage/events/{{workshop}}{page}" for page in ("", "/people", "/attendance", "/hours")),
                  "/manage/events/{cohort}/applications", "/door", "/door/{workshop}", "/manage/policies",
                  "/manage/policies/seven-days-less-20"),
    "presenter": ("/manage", "/manage/events/{workshop}/attendance"),
    "finance": ("/manage", "/manage/finance", "/manage/finance/orders", "/manage/finance/orders/{order}",
                "/manage/finance/orders/{order}/payment", "/manage/finance/unmatched", "/manage/finance/refunds", "/manage/finance/inbox",
                "/manage/finance/export", "/manage/finance/months", "/manage/finance/income", "/manage/finance/payouts",
                "/manage/finance/disputes"),
    "reviewer": ("/manage", "/manage/transcripts/{person}"),
    "door": ("/door", "/door/{workshop}"),
    "admin": ("/manage", "/manage/people", "/manage/people/{person}", "/manage/people/new", "/manage/agencies", "/manage/agencies/{agency}",
              "/manage/roles", "/manage/memberships"),
}
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Whoever is set in a line of text may be lower; what stands alone is a thumb high.
LOW = """() => [...document.querySelectorAll(".btn, .act, select, .field input, .nav a, .side a, .side summary, .tabs a, .page")]
  .filter(one => !["checkbox", "radio"].includes(one.type))
  .filter(one => one.checkVisibility()).map(one => [one.getBoundingClientRect().height, one.textContent.trim() || one.name])
  .filter(([height]) => height && height < 43.5).map(([height, words]) => `${words}: ${height}`)"""


@dataclass
class Association:
    """Who signs in with which address, and what stands in addresses of pages."""

    mail: dict[str, str] = field(default_factory=dict)
    words: dict[str, object] = field(default_factory=dict)


def settle() -> Association:
    """Three events, one attendee with hours, places and an order her agency pays, somebody for each role."""
    with clock.acting_at(clock.now() - timedelta(days=30)), transaction():
        held = events.workshop("A workshop that is over", starts=events.at(1))
        maren = people.person("Maren Wilhelmine", "Grünewald-Petersen", member=True)
        registrations.registered(held, maren)
        held_id, maren_id = held.id, maren.id
    with transaction():
        maren = db.session.get_one(Person, maren_id)
        hours.awarded(maren, db.session.get_one(Event, held_id))
        return _upcoming(maren)


def _upcoming(maren: Person) -> Association:
    workshop, conference, cohort = events.workshop("Sleep and feeding in the first year"), events.conference(), events.cohort()
    agency = agencies.create("Lakeshore Home Visiting of Kewaunee and Door Counties", actor_id=None).id
    agencies.add_member(agency, maren.id, from_on=events.day(-10), actor_id=None)
    place = registrations.registered(workshop, maren)
    for number in range(4):
        registrations.registered(conference, people.person("Ana", f"Silva {number}", account=False))
    registrations.registered(conference, maren)
    registrations.applied(cohort, people.person("Iria", "Castellanos"))
    cast = {role: people.person("Wilhelmine", "Featherstonehaugh", roles=[role]) for role in ROLES}
    cast |= {"attendee": maren, "supervisor": people.person("Sue", "Pervisor", roles=[("supervisor", {"agency_id": agency})]),
             "presenter": people.person("Marisol", "Eriksen", roles=[("presenter", {"event_id": workshop.id})])}
    return Association(
        {role: address(one) for role, one in cast.items()},
        {"workshop": workshop.slug, "conference": conference.slug, "cohort": cohort.slug, "agency": agency, "person": maren.id,
         "order": db.session.get_one(Order, place.order_id).ref})


def walk(page: Page, paths: tuple[str, ...], association: Association) -> list[str]:
    """What is wrong with the pages: answers, width, low targets on a phone, and what axe says."""
    return [fault for path in paths for fault in _faults(page, path.format(**association.words))]


def _faults(page: Page, path: str) -> list[str]:
    answer = page.goto(path)
    found = [] if answer is not None and answer.status in (200, 404) else [f"answered {answer and answer.status}"]
    if (wider := page.evaluate(WIDER)) > 0:
        found.append(f"{wider} pixels wider than the window")
    if (page.viewport_size or {"width": 0})["width"] < 600:
        found += [f"low: {one}" for one in page.evaluate(LOW)]
    return [f"{path}: {one}" for one in (*found, *axe.violations(page))]
