"""CPU seconds of processes, from the kernel's own accounts (/proc/<pid>/schedstat, nanoseconds)."""

from pathlib import Path


def seconds(pids: list[int]) -> float:
    """The CPU time these processes have used so far, all threads."""
    return sum(_nanoseconds(pid) for pid in pids) / 1e9


def children(pid: int) -> list[int]:
    """The process and everything below it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*"):
        for child in (task / "children").read_text().split():
            found += children(int(child))
    return found


def parent(pid: int) -> int:
    """The process that started this one."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def resident_megabytes(pid: int) -> float:
    """Memory of one process that is its own (Pss: shared pages divided among those who share them)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _nanoseconds(pid: int) -> int:
    total = 0
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except (OSError, IndexError):
            continue
    return total
