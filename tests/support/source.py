"""The product's own source, read for the guards: files, trees, imports, calls."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Call:
    """A call in the source: where, and the dotted name as written (`datetime.now`)."""

    where: str
    name: str


def files(*folders: str) -> list[Path]:
    """The Python files of these folders of the project (default: webapp, config.py and wsgi.py), in order."""
    if not folders:
        return [*sorted((ROOT / "webapp").rglob("*.py")), ROOT / "config.py", ROOT / "wsgi.py"]
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


@cache
def tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text("utf-8"), str(path))


def short(path: Path) -> str:
    """The path from the project's root."""
    return path.relative_to(ROOT).as_posix()


def module(path: Path) -> str:
    """The dotted name: webapp/core/db.py is `webapp.core.db`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> set[str]:
    """The dotted names imported anywhere in the file; `from a import b` gives `a.b`, for b may be a module."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(path, node)
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


def calls(path: Path) -> Iterator[Call]:
    """Every call by name or by attribute."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield Call(f"{short(path)}:{node.lineno}", ast.unparse(node.func))


def _absolute(path: Path, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module(path).split(".")
    keep = len(package) - node.level + (1 if path.name == "__init__.py" else 0)
    return ".".join([*package[:keep], *([node.module] if node.module else [])])
