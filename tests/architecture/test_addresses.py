"""docs/addresses.md names every address there is, and keeps apart what is only promised."""

import re

from tests.support import addresses

TEXT = addresses.MANUAL.read_text("utf-8")
HEAD, LISTED = TEXT.split(addresses.MARK)
STANDING = re.compile(r"(?m)^\| `(\S+)` \|")


def test_every_address_is_listed_as_it_is():
    # After a change of routes: .venv/bin/python -m tests.support.addresses
    assert addresses.everything() == LISTED


def test_what_is_promised_for_later_does_not_stand_yet():
    promised = {word.replace("...", "") for line in HEAD.splitlines() if line.startswith("| `") for word in re.findall(r"`(/[^`]*)`", line)}
    standing = STANDING.findall(LISTED)
    assert promised and [one for one in standing for word in promised if one == word or (word.endswith("/") and one.startswith(word))] == []
