"""The manual speaks of what is there: names of features, links between pages, pictures, the version."""

import re
import tomllib
from importlib import import_module

import pytest

from tests.support import source

PAGES = [source.ROOT / "README.md", source.ROOT / "CHANGELOG.md", *sorted((source.ROOT / "docs").rglob("*.md"))]
NAMES = (source.ROOT / "docs" / "house.md").read_text("utf-8").split("## Names across features")[1]
FEATURES = re.split(r"(?:^|[\s·])([a-z]+):\s(?=`)", NAMES)[1:]
CALLS = [(feature, named) for feature, words in zip(FEATURES[::2], FEATURES[1::2], strict=True)
         for named in re.findall(r"`([^`]+)`", words)]


@pytest.mark.parametrize(("feature", "named"), CALLS)
def test_what_features_offer_each_other_is_there(feature, named):
    module, _, verbs = re.sub(r"\(.*\)", "", named).partition(".")
    found, folder = import_module(f"webapp.{feature}.{module}"), source.ROOT / "webapp" / feature / module
    offered = [verb for verb in verbs.split("/") if verb not in ("", "*")]
    assert [verb for verb in offered if not hasattr(found, verb) and not (folder / f"{verb}.py").exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=source.short)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_the_changelog_tells_of_this_version():
    version = tomllib.loads((source.ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert re.search(rf"(?m)^## {re.escape(version)} - \d{{4}}-\d\d-\d\d$", (source.ROOT / "CHANGELOG.md").read_text("utf-8"))
