"""Small promises of the text itself."""

import re

import pytest

from tests.support import source

TEXTS = [path for folder in ("webapp", "templates", "static", "migrations", "tests", ".ci")
         for path in sorted((source.ROOT / folder).rglob("*"))
         if path.suffix in {".py", ".html", ".txt", ".css", ".js", ".mako", ".md", ".toml"} and "vendor" not in path.parts]
OUTSIDE = re.compile("/work/" + "shared|\\.\\./" + "shared")
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b")


@pytest.mark.parametrize(("what", "pattern"), [("a place outside the project", OUTSIDE), ("unfinished work", UNFINISHED)])
def test_no_file_names(what, pattern):
    wrong = [f"{source.short(path)}:{number}" for path in TEXTS
             for number, line in enumerate(path.read_text("utf-8").splitlines(), 1) if pattern.search(line)]
    assert wrong == [], what


def test_every_module_says_what_belongs_in_it():
    import ast

    assert [source.short(path) for path in source.files("webapp") if not ast.get_docstring(source.tree(path))] == []
