"""Why a file was refused: every reason with the place in the file it belongs to."""

from collections.abc import Sequence

from pydantic import ValidationError

from webapp.core.errors import Unacceptable


class ImportRefused(Unacceptable):
    """The whole file was refused and nothing of it kept. `reasons` are `place: sentence` lines."""

    code = "import_refused"

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(f"Nothing was imported. {len(reasons)} {'thing is' if len(reasons) == 1 else 'things are'} to be mended.")
        self.reasons = list(reasons)


def reasons_of(error: ValidationError) -> list[str]:
    """`sessions[3].breaks[0].minutes: Input should be a valid integer` for each."""
    return [f"{place(*one['loc'])}: {one['msg']}" for one in error.errors(include_url=False, include_input=False)]


def place(*parts: str | int) -> str:
    """`sessions[3].start` of a path; numbers count from 1, as people do."""
    path = ""
    for part in parts:
        path += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if path else part
    return path
