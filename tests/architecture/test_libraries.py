"""docs/libraries.md gives the reason of each library that pyproject.toml pins, and of no other."""

import re
import tomllib

from tests.support import source

PROJECT = tomllib.loads((source.ROOT / "pyproject.toml").read_text("utf-8"))
PINS = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
LISTED = re.findall(r"(?m)^\| `([a-z0-9-]+)` \| ([^|]+) \|$", (source.ROOT / "docs" / "libraries.md").read_text("utf-8"))


def test_every_pinned_library_has_its_reason():
    assert sorted(name for name, _ in LISTED) == sorted(re.split(r"[\[=]", pin)[0] for pin in PINS)


def test_reasons_are_sentences():
    assert [name for name, reason in LISTED if len(reason.split()) < 4] == []


def test_each_is_pinned_to_one_version():
    assert [pin for pin in PINS if not re.fullmatch(r"[a-z0-9-]+(\[[a-z]+\])?==[\d.]+", pin)] == []
