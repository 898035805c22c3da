"""requirements.txt pins every package with its hashes, and names whatever the product imports."""

import re
import sys
from importlib.metadata import packages_distributions, version

from tests.support import source

TEXT = (source.ROOT / "requirements.txt").read_text("utf-8")
ENTRIES = [entry for entry in re.split(r"\n(?=\S)", re.sub(r"(?m)^#.*\n|\s+#.*$", "", TEXT).strip()) if entry.strip()]


def _name(entry):
    return re.split(r"[\[=<>;\s]", entry)[0].lower().replace("_", "-")


def test_every_entry_is_pinned_with_hashes():
    assert [entry.splitlines()[0] for entry in ENTRIES if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_what_is_installed_is_what_is_pinned():
    pinned = {_name(entry): re.search(r"==([^\s;\\]+)", entry)[1] for entry in ENTRIES if ";" not in entry.splitlines()[0]}
    assert {name: version(name) for name in pinned} == pinned


def test_whatever_the_product_imports_is_pinned():
    known, pinned = packages_distributions(), {_name(entry) for entry in ENTRIES}
    outside = {found.split(".")[0] for path in source.files() for found in source.imports(path)} - {"webapp", "config", "wsgi", "tests"}
    used = {known.get(name, [name])[0].lower().replace("_", "-") for name in outside - sys.stdlib_module_names}
    assert used - pinned == set()
