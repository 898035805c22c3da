"""Runs the parts of a target, two at a time, and says of each: seconds, budget, result. `python -m tests.support.run test`.

Output lies in build/output/. What this machine cannot run is said plainly; with CI set it is a failure.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support import machine, parts, postgres
from tests.support.parts import Part

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "build" / "output"
TALLIES = ROOT / "build" / "tallies"
AT_ONCE = 2
PATIENCE = 3  # a part that takes this many times its budget is ended


@dataclass(frozen=True)
class Result:
    """How a part ended. `closing` is the last line it said, pytest's count for tests."""

    part: Part
    seconds: float
    code: int
    closing: str

    @property
    def word(self) -> str:
        """The result for the table."""
        if self.code:
            return "FAILED"
        return "passed" if self.seconds <= self.part.budget else "passed, over budget"


def main(what: str) -> int:
    """Runs all of a target; returns 0 when everything that ran passed and nothing was left out that CI must have."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    absent = {need.name for need in machine.missing()}
    wanted = parts.of(what)
    possible = [part for part in wanted if not absent & set(part.needs)]
    left_out = [part for part in wanted if absent & set(part.needs)]
    began = time.monotonic()
    with _database_server(possible) as environment:
        results = _run_all(possible, environment | _fresh_tallies())
    _report(results, left_out, absent, time.monotonic() - began)
    failed = any(result.code for result in results)
    return 1 if failed or (absent and os.environ.get("CI")) else 0  # some tests leave a reader out that is not there: not in CI


@contextmanager
def _database_server(wanted: list[Part]) -> Iterator[dict[str, str]]:
    """One PostgreSQL for all parts that need it."""
    if not any("postgresql" in part.needs for part in wanted):
        yield {}
        return
    with postgres.server() as address:
        yield {"TEST_DATABASE_URL": address}


def _fresh_tallies() -> dict[str, str]:
    """A folder of this run alone, where the machines leave what they tried: nothing of an earlier run is counted."""
    shutil.rmtree(TALLIES, ignore_errors=True)
    TALLIES.mkdir(parents=True)
    return {"ATTUNE_TALLIES": tempfile.mkdtemp(dir=TALLIES)}


def _run_all(wanted: list[Part], environment: dict[str, str]) -> list[Result]:
    """First what may run side by side, then what must be alone, then what reads what they left."""
    say = threading.Lock()

    def one(part: Part) -> Result:
        result = _run(part, environment)
        with say:
            _tell(result)
        return result

    with ThreadPoolExecutor(AT_ONCE) as pool:
        together = list(pool.map(one, (part for part in wanted if not (part.alone or part.last))))
    return together + [one(part) for part in wanted if part.alone] + [one(part) for part in wanted if part.last]


def _run(part: Part, environment: dict[str, str]) -> Result:
    log = _log(part)
    began = time.monotonic()
    with log.open("w") as output:
        process = subprocess.Popen(part.command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                   env={**os.environ, **environment, **part.environment})
        try:
            code = process.wait(timeout=part.budget * PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
            output.write(f"ended after {PATIENCE} times its budget\n")
    lines = _said(part)
    return Result(part, time.monotonic() - began, code, lines[-1] if lines else "")


def _log(part: Part) -> Path:
    return OUTPUT / (re.sub(r"\W+", "-", part.name).strip("-") + ".txt")


def _said(part: Part) -> list[str]:
    return _log(part).read_text("utf-8", "replace").rstrip().splitlines()


def _what_failed(part: Part) -> list[str]:
    """Said once more below the table, for whoever sees only the end of the output: which tests, with what error, how to walk again."""
    telling = [line[:200] for line in _said(part) if re.match(r"E  +\S|FAILED |ERROR |The same walk again", line)]
    return ["    " + line for line in telling[-12:]]


def _tell(result: Result) -> None:
    print(f"{result.part.name:<48} {result.seconds:6.0f} s of {result.part.budget:5} s   {result.word:<20} {result.closing}", flush=True)
    if result.code:
        print("\n".join("    " + line for line in _said(result.part)[-80:]), flush=True)


def _report(results: list[Result], left_out: list[Part], absent: set[str], seconds: float) -> None:
    print(f"\n{'part':<48} {'took':>8} {'budget':>9}   result")
    for result in results:
        print(f"{result.part.name:<48} {result.seconds:6.0f} s {result.part.budget:7} s   {result.word:<20} {result.closing}")
    for part in left_out:
        print(f"{part.name:<48} {'':>8} {part.budget:7} s   LEFT OUT: this machine has no {', '.join(sorted(absent & set(part.needs)))}")
    for result in results:
        if result.code:
            print(f"\n{result.part.name}:\n" + "\n".join(_what_failed(result.part)))
    verdict = "FAILED" if any(result.code for result in results) else "passed"
    print(f"\n{verdict} in {seconds:.0f} s: {len(results)} parts" + (f", {len(left_out)} left out" if left_out else ""))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "test"))
