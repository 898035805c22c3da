"""The demonstration and events as files, by command."""

from datetime import date

import pytest
from sqlalchemy import func, select

from webapp.catalog import datafiles, organizations
from webapp.catalog.models import Event
from webapp.cli.demo import calendar, command
from webapp.core import clock
from webapp.core.db import db, transaction


def test_today_falls_where_the_events_were_written_to_be():
    assert {one.slug for one in calendar.editions(date(2026, 11, 25)) if one.years_back == 0} == {
        path.stem for path in (datafiles.FOLDER / "events").glob("*.json")}


@pytest.mark.parametrize("today", [date(2025, 3, 3), date(2026, 7, 15), date(2028, 2, 29)])
def test_dates_move_by_whole_weeks_and_there_is_always_past_running_and_coming(today):
    editions = calendar.editions(today)
    spans = [(one.values["sessions"][0]["start"][:10], max(s["end"] for s in one.values["sessions"])[:10]) for one in editions]
    now = today.isoformat()
    assert any(end < now for _, end in spans)
    assert any(start <= now <= end for start, end in spans)
    assert any(start > now for start, _ in spans)
    assert {date.fromisoformat(s["start"][:10]).strftime("%a") for one in editions if one.origin == "conference-2027"
            for s in one.values["sessions"]} == {"Sun", "Mon", "Tue"}
    assert len({one.slug for one in editions}) == len(editions)


def test_titles_and_addresses_name_the_year_they_are_in():
    found = {one.slug: one.values["title"] for one in calendar.editions(date(2026, 11, 21))
             if one.origin in ("rslc-2027", "conference-2027")}
    assert found["rslc-2026"] == "Reflective Supervision Learning Collaborative 2026-27"
    assert found["conference-2025"] == "Annual Infant & Early Childhood Mental Health Conference 2025"


def test_all_events_and_people_load_without_their_past():
    command.fill("Lakes & Prairies IECMH Association", with_past=False)
    editions = calendar.editions(clock.today("America/Chicago"))
    assert set(db.session.scalars(select(Event.slug))) == {one.slug for one in editions}
    rows = db.session.execute(select(Event.status, func.count()).group_by(Event.status)).all()
    assert {status for status, _ in rows} == {"published", "closed"}


def test_demo_data_is_refused_outside_a_demonstration(app):
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 1 and "not a demonstration" in result.output


def test_a_file_is_exported_as_it_was_imported(app, tmp_path):
    with transaction():
        organizations.load_reference_data("Lakes & Prairies IECMH Association")
    file = datafiles.FOLDER / "events" / "tenets-2026.json"
    runner = app.test_cli_runner()
    assert runner.invoke(args=["events", "import", str(file)]).output == "/events/tenets-2026\n"
    assert runner.invoke(args=["events", "export", "tenets-2026"]).output == file.read_text(encoding="utf-8")
    runner.invoke(args=["events", "export", "--to", str(tmp_path)])
    assert (tmp_path / "tenets-2026.json").read_text(encoding="utf-8") == file.read_text(encoding="utf-8")


def test_files_are_refused_whole_with_every_reason(app, tmp_path):
    with transaction():
        organizations.load_reference_data("Lakes & Prairies IECMH Association")
    good = datafiles.FOLDER / "events" / "tenets-2026.json"
    bad = tmp_path / "bad.json"
    bad.write_text(good.read_text(encoding="utf-8").replace("TF-CUL", "TF-XXX").replace('"tenets-2026"', '"other"'), encoding="utf-8")
    result = app.test_cli_runner().invoke(args=["events", "import", str(good), str(bad)])
    assert result.exit_code == 1 and "sessions[1].credits[1].areas: there is no competency area TF-XXX" in result.output
    assert db.session.scalar(select(func.count()).select_from(Event)) == 0
