"""`python -m tests.sabotage [WORD]`: runs the patches whose description or file holds WORD, two at a time, each in a copy of the tree."""

import os
import queue
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.sabotage.patch import Patch
from tests.sabotage.patches import PATCHES
from tests.support import postgres

ROOT = Path(__file__).resolve().parents[2]
LEFT_BEHIND = shutil.ignore_patterns(".git", ".venv", "build", "instance", "node_modules", "__pycache__", ".*_cache", ".hypothesis", ".env")
AT_ONCE = 2
SECONDS = 300  # a damaged product may hang; that is red too
GREEN, RED = 0, 1  # pytest's codes for all passed and some failed


def main(word: str = "") -> int:
    """First all named tests must pass untouched; then each patch must turn its test red."""
    wanted = [patch for patch in PATCHES if word.lower() in f"{patch.what} {patch.file}".lower()]
    with tempfile.TemporaryDirectory(prefix="attune-sabotage-") as folder, _database_server(wanted) as environment:
        trees = [_copy(Path(folder) / str(number)) for number in range(AT_ONCE)]
        healthy = _healthy(trees[0], wanted, environment)
        verdicts = list(_all(wanted, trees, environment)) if healthy else []
    stayed = [words for words in verdicts if words]
    print(f"\n{len(wanted) - len(stayed)} of {len(wanted)} damages were noticed" if healthy else "\nThe tests fail without any damage.")
    return 0 if healthy and not stayed else 1


def _all(wanted: list[Patch], trees: list[Path], environment: dict[str, str]) -> Iterator[str]:
    free: queue.Queue[Path] = queue.Queue()
    for tree in trees:
        free.put(tree)

    def one(patch: Patch) -> str:
        tree = free.get()
        try:
            return _try(patch, tree, environment)
        finally:
            free.put(tree)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for patch, trouble in zip(wanted, pool.map(one, wanted), strict=True):
            print(f"{'NOT NOTICED' if trouble else 'noticed':<12} {patch.what}{f': {trouble}' if trouble else ''}", flush=True)
            yield trouble


def _try(patch: Patch, tree: Path, environment: dict[str, str]) -> str:
    """Nothing when the test turned red, else what happened instead."""
    try:
        before = patch.apply(tree)
    except LookupError as stale:
        return f"the patch is stale: {stale}"
    try:
        code = _pytest(tree, [patch.test], patch.database, environment)
    finally:
        (tree / patch.file).write_text(before, "utf-8")
    return {GREEN: f"{patch.test} stays green", RED: ""}.get(code, f"{patch.test} ended with {code}: it could not run")


def _healthy(tree: Path, wanted: list[Patch], environment: dict[str, str]) -> bool:
    for database in sorted({patch.database for patch in wanted}):
        tests = sorted({patch.test for patch in wanted if patch.database == database})
        if _pytest(tree, tests, database, environment, seconds=SECONDS * 4, show=True) != GREEN:
            return False
    return True


def _pytest(tree: Path, tests: list[str], database: str, environment: dict[str, str], *, seconds: int = SECONDS, show: bool = False) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    said = None if show else subprocess.DEVNULL
    everything = {**os.environ, **environment, "ATTUNE_TEST_DB": database}
    try:
        return subprocess.run(command, cwd=tree, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False, timeout=seconds,
                              env=everything).returncode
    except subprocess.TimeoutExpired:
        return RED


@contextmanager
def _database_server(wanted: list[Patch]) -> Iterator[dict[str, str]]:
    if not any(patch.database == "postgresql" for patch in wanted):
        yield {}
        return
    with postgres.server() as address:
        yield {"TEST_DATABASE_URL": address}


def _copy(to: Path) -> Path:
    shutil.copytree(ROOT, to, ignore=LEFT_BEHIND)
    return to


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
