"""One word per thing in what people read. A check is a check; `cheque` stays a name in the database and the code."""

import ast
import re

from tests.support import source

NAMES = re.compile(r"""["']cheque["']|\bcheque(=|_number|_on)""")
ENTERED = {"cheque", "cheque_number", "cheque_on"}


def strings(path):
    """Every text in a Python file: sentences, labels, docstrings."""
    return [(node.lineno, node.value) for node in ast.walk(source.tree(path))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def test_no_sentence_of_the_code_says_it_the_other_way():
    wrong = [f"{source.short(path)}:{line}" for path in source.files() for line, text in strings(path)
             if "cheque" in text.lower() and text not in ENTERED and "IN ('card'" not in text]
    assert wrong == []


def test_no_template_and_no_page_of_the_manual_does():
    texts = [path for folder in ("templates", "docs") for path in sorted((source.ROOT / folder).rglob("*.*"))
             if path.suffix in {".html", ".txt", ".md"}]
    texts += [source.ROOT / name for name in ("README.md", "CHANGELOG.md", ".env.example")]
    wrong = [source.short(path) for path in texts if "cheque" in NAMES.sub("", path.read_text("utf-8").lower())]
    assert wrong == []
