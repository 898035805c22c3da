"""Reads one subscribed calendar as Evolution and GNOME Calendar do: Evolution Data Server adds it, fetches it, and is asked for it.

Run by Debian's Python, which has the bindings: `dbus-run-session -- /usr/bin/python3 tests/support/evolution.py <address>`. Each line on
standard input fetches anew; each answer is one line of JSON: UID, begin in UTC, STATUS, SUMMARY and SEQUENCE of every entry.
"""

import json
import sys
from typing import Any

import gi  # type: ignore[import-not-found]

gi.require_version("ECal", "2.0")
gi.require_version("EDataServer", "1.2")
from gi.repository import ECal, EDataServer, GLib  # type: ignore[import-not-found]  # noqa: E402  # after the versions are named

CONNECTING = 1  # seconds it may wait for a network it deems absent


def subscribed(address: str) -> Any:
    """A calendar on the web, as the dialog of Evolution adds one."""
    registry = EDataServer.SourceRegistry.new_sync(None)
    source = EDataServer.Source.new(None, None)
    source.set_display_name("Attune")
    source.set_parent("webcal-stub")
    source.get_extension(EDataServer.SOURCE_EXTENSION_CALENDAR).set_backend_name("webcal")
    source.get_extension(EDataServer.SOURCE_EXTENSION_WEBDAV_BACKEND).set_uri(GLib.Uri.parse(address, GLib.UriFlags.NONE))
    source.get_extension(EDataServer.SOURCE_EXTENSION_AUTHENTICATION).set_method("none")
    registry.commit_source_sync(source, None)
    return ECal.Client.connect_sync(registry.ref_source(source.get_uid()), ECal.ClientSourceType.EVENTS, CONNECTING, None)


def shown(client: Any) -> list[tuple[str, str, str, str, int]]:
    """What it keeps, by begin."""
    _, found = client.get_object_list_as_comps_sync("#t", None)
    return sorted((_entry(one.get_icalcomponent()) for one in found), key=lambda one: (one[1], one[0]))


def _entry(one: Any) -> tuple[str, str, str, str, int]:
    status = one.get_status().value_nick
    return one.get_uid(), one.get_dtstart().as_ical_string(), status, one.get_summary(), one.get_sequence()


def main() -> None:
    """Says what it shows after each line read."""
    client = subscribed(sys.argv[1])
    for _ in sys.stdin:
        client.refresh_sync(None)
        sys.stdout.write(json.dumps(shown(client)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
