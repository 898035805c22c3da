"""Every setting is explained where one copies it from, and the environment is read in config.py only."""

import re
from itertools import pairwise

from config import Settings
from tests.support import source

EXAMPLE = (source.ROOT / ".env.example").read_text("utf-8")


def test_the_example_names_every_setting_and_no_other():
    named = set(re.findall(r"^(?:# )?([A-Z_]+)=", EXAMPLE, re.MULTILINE))
    assert named == {name.upper() for name in Settings.model_fields}


def test_every_setting_has_a_sentence_above_it():
    lines = EXAMPLE.splitlines()
    bare = [line for above, line in pairwise(lines) if re.match(r"[A-Z_]+=", line) and not above.startswith("# ")]
    assert bare == []


def test_only_config_reads_the_environment():
    # Commands hand the environment on to the processes they start.
    starts_processes = ("webapp/cli/", "webapp/devtools/")
    wrong = [f"{source.short(path)}:{number}" for path in source.files("webapp") if not source.short(path).startswith(starts_processes)
             for number, line in enumerate(path.read_text("utf-8").splitlines(), 1) if re.search(r"os\.environ|getenv", line)]
    assert wrong == []


def test_the_manual_names_every_setting():
    manual = (source.ROOT / "docs" / "settings.md").read_text("utf-8")
    assert {name.upper() for name in Settings.model_fields} - set(re.findall(r"^\| `([A-Z_]+)`", manual, re.MULTILINE)) == set()
