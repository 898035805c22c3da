"""The event files that come with the product say everything the 21 events were stated to have.

`data/stated.json` is the statement; it was not made from the event files. That the files load and come out unchanged, and
what the most hours are, is tested in `tests/actions/catalog/test_event_files.py`.
"""

import json
from pathlib import Path

import pytest

from webapp.catalog import datafiles
from webapp.registration import transfer

STATED = {one["slug"]: one for one in json.loads((Path(__file__).parent / "data" / "stated.json").read_text(encoding="utf-8"))}
FILES = {path.stem: transfer.read(path.read_text(encoding="utf-8")) for path in (datafiles.FOLDER / "events").glob("*.json")}


def minutes(clock: str) -> int:
    return int(clock[-5:-3]) * 60 + int(clock[-2:])


def test_there_is_a_file_for_each_of_the_21_events():
    assert len(FILES) == 21 and set(FILES) == set(STATED)


def test_the_files_have_180_sessions_when_parallel_groups_count_once():
    assert sum(len({(one.title, one.start[:10]) for one in file.sessions}) for file in FILES.values()) == 180


@pytest.mark.parametrize("slug", STATED)
def test_every_session_is_as_stated(slug):
    wanted = [
        (day, title, start, minutes(end) - minutes(start), kind, round(hours * 60), areas, sorted(tags),
         [[minutes(at) - minutes(start), length] for at, length in breaks], block or "", track or "", room or "",
         capacity, group, module or "")
        for (day, start, end, title, kind, hours, areas, tags, breaks, block, track, room,
             capacity, group, module) in STATED[slug]["sessions"]]
    usual = {(one[0], one[1]): one[2] for one in wanted}  # groups meet at times of their own, on the day stated
    found = []
    for one in FILES[slug].sessions:
        credit = one.credits[0] if one.credits else None
        day, start = one.start.split("T")
        found.append((
            day, one.title, usual[day, one.title] if one.group else start, minutes(one.end) - minutes(one.start),
            credit.kind if credit else None, credit.minutes if credit else 0, credit.areas if credit else [],
            sorted(credit.tags) if credit else [], [[pause.offset, pause.minutes] for pause in one.breaks],
            one.block, one.track, one.room, one.capacity, bool(one.group), one.module))
    assert all(one in wanted for one in found) and all(one in found for one in wanted)


@pytest.mark.parametrize("slug", STATED)
def test_every_tag_carries_all_minutes_and_no_breaks_is_said(slug):
    awarding = [one for one in FILES[slug].sessions if one.credits]
    assert all(set(one.credits[0].tags.values()) <= {one.credits[0].minutes} for one in awarding)
    assert all(bool(one.breaks) is not one.no_breaks for one in awarding)


@pytest.mark.parametrize("slug", [slug for slug, one in STATED.items() if one["groups"]])
def test_group_sessions_exist_once_per_group(slug):
    count, size = STATED[slug]["groups"]
    groups = FILES[slug].groups
    assert [one.size for one in groups] == [size] * count and all(one.leader for one in groups)
    stated = sorted(one[3] for one in STATED[slug]["sessions"] if one[13])
    assert [sorted(one.title for one in FILES[slug].sessions if one.group == group.name) for group in groups] == [stated] * count


@pytest.mark.parametrize("slug", STATED)
def test_capacities_place_and_zone_are_as_stated(slug):
    file, stated = FILES[slug], STATED[slug]
    modes = stated["mode_capacity"] or {}
    name, city, mode, rooms = stated["venue"]
    assert (file.title, file.kind, file.zone, file.mode) == (stated["title"], stated["kind"], stated["zone"], mode)
    assert (file.capacity, file.room_capacity, file.online_capacity) == (stated["capacity"], modes.get("in_person"), modes.get("online"))
    if slug == "rslc-2027":  # its place is a sentence; the sentence is kept
        assert file.facts["source"]["venue"]["name"] == name
    else:
        assert (file.venue and (file.venue.name, file.venue.city)) == (name and (name, city))
    assert {one.name for one in file.rooms} == set(rooms)


@pytest.mark.parametrize("slug", STATED)
def test_prices_of_types_are_as_stated(slug):
    stated, early = STATED[slug]["prices"], STATED[slug]["prices"].get("early_bird", {})
    found = {one.name: [(price.cents, price.until) for price in one.prices] for one in FILES[slug].types}
    wanted = {name: [(stated[key] * 100, None)] for key, name in (("member", "Member"), ("non_member", "Non-member"),
              ("student", "Student"), ("tuition", "Tuition"), ("presenter", "Presenter")) if stated.get(key) is not None}
    wanted |= {f"{day} only, {key.replace('_', '-')}": [(cents * 100, None)]
               for key, cents in stated.get("one_day", {}).items() for day in ("Monday", "Tuesday")}
    for key, name in (("member", "Member"), ("non_member", "Non-member")):
        if key in early:
            wanted[name] = [(early[key] * 100, f"{next_day(early['until'])}T00:00"), *wanted[name]]
    assert {name: prices for name, prices in found.items() if "cholarship" not in name} == wanted
    scholarships = stated.get("scholarship")
    assert [name for name in found if "cholarship" in name] == (
        [one["name"] for one in scholarships] if isinstance(scholarships, list) else ["Scholarship"] * bool(scholarships))


def next_day(day: str) -> str:
    return f"{day[:8]}{int(day[8:]) + 1:02d}"


@pytest.mark.parametrize("slug", STATED)
def test_add_ons_and_group_rules_are_as_stated(slug):
    stated = STATED[slug]["prices"]
    wanted = [(one["name"], one["required"], one.get("capacity"), {None: one["price"] * 100}) for one in stated.get("addons", [])]
    if "pre_conference" in stated:
        wanted.insert(0, ("Pre-conference", False, None, {key: cents * 100 for key, cents in stated["pre_conference"].items()}))
    assert [(one.name, one.required, one.capacity, {price.audience: price.cents for price in one.prices})
            for one in FILES[slug].add_ons] == wanted
    group = stated.get("group")
    wanted_rules = [(group["min"], group["discount_pct"] * 100)] if group else []
    assert [(one.min_count, one.percent) for one in FILES[slug].group_rules] == wanted_rules


@pytest.mark.parametrize("slug", [slug for slug, one in STATED.items() if "instalments" in one["prices"]])
def test_instalments_are_as_stated(slug):
    type_, stated = FILES[slug].types[0], STATED[slug]["prices"]["instalments"]
    assert [part.due_on for part in type_.instalments] == [one["due"] for one in stated]
    assert sum(part.share for part in type_.instalments) == 10_000
    assert max(part.share for part in type_.instalments) - min(part.share for part in type_.instalments) <= 1


@pytest.mark.parametrize("slug", STATED)
def test_programme_inclusions_and_facts_are_kept(slug):
    file, stated = FILES[slug], STATED[slug]
    assert (file.programme and (file.programme.name, file.programme.path)) == (
        stated["programme"] and (stated["programme"]["name"], stated["programme"]["path"]))
    assert [one.model_dump() for one in file.includes] == stated["includes"]
    assert stated["accommodations"] in (None, file.accommodations)
    keys = ("ce", "registry", "application", "edge", "attendance_rule")
    facts = {key: file.facts.get(key) or file.facts["source"].get(key) for key in keys}
    assert {key: value for key, value in facts.items() if value} == {key: stated[key] for key in facts if stated[key]}
    assert (file.sign_up == "application") is (slug == "rslc-2027" or bool(stated["application"]))


@pytest.mark.parametrize("slug", STATED)
def test_the_page_of_each_event_has_something_to_say(slug):
    file = FILES[slug]
    said = [file.summary, file.description, file.audience, file.prerequisites, file.access_contact, *file.accommodations]
    assert all(said) and (file.objectives or file.kind == "awareness")
    assert all(one.presenters for one in file.sessions if one.credits)
    text = json.dumps(transfer.values(file)).lower()
    assert not any(f"endorsement {word}" in text for word in ("certificate", "licence", "license", "level"))
