"""One small damage to the product."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Patch:
    """In `file`, `old` (there exactly once) becomes `new`; then `test` (as pytest is told) must fail, on `database`."""

    what: str
    file: str
    old: str
    new: str
    test: str
    database: str = "sqlite"

    def apply(self, tree: Path) -> str:
        """Damages the tree and returns the file's text as it was. LookupError when `old` is not there exactly once."""
        path = tree / self.file
        text = path.read_text("utf-8")
        if text.count(self.old) != 1:
            raise LookupError(f"{self.file} holds it {text.count(self.old)} times, must be once")
        path.write_text(text.replace(self.old, self.new), "utf-8")
        return text
