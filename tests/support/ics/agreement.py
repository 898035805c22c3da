"""The parsers must see the same entries at the same instants."""

from tests.support.ics.parsers import Reading
from tests.support.ics.report import Report


def check(readings: list[Reading], report: Report) -> None:
    """Compares every reading with the first."""
    if not readings:
        return
    first = readings[0]
    for other in readings[1:]:
        if other.uids != first.uids:
            difference = sorted(first.uids ^ other.uids)[:3]
            report.error("AGREEMENT", f"{first.parser} and {other.parser} see different entries: {difference}")
        moved = [uid for uid in first.spans.keys() & other.spans.keys() if first.spans[uid] != other.spans[uid]]
        if moved:
            report.error("AGREEMENT", f"{len(moved)} entries at other instants, for example {moved[0]}: {first.parser} "
                                      f"{first.spans[moved[0]]}, {other.parser} {other.spans[moved[0]]}")
