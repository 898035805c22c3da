"""Takes a database back to a marked moment, with the same address and the same engine (whose compiled statements are kept)."""

from tests.support.databases import Databases
from webapp.core.db import db


class Rewinding:
    """Real commits, and yet every example begins with the same rows."""

    def __init__(self, address: str, place: Databases) -> None:
        self.address, self.place = address, place
        self.marked: str | None = None

    def mark(self) -> None:
        """Keeps the rows of this moment."""
        self._let_go()
        self.marked = self.place.copy_of(self.address)

    def back(self) -> None:
        """All rows as they were at the mark."""
        assert self.marked is not None
        self._let_go()
        self.place.restore(self.address, self.marked)

    def forget(self) -> None:
        """Drops the copy."""
        self._let_go()
        if self.marked is not None:
            self.place.drop(self.marked)

    @staticmethod
    def _let_go() -> None:
        db.session.remove()
        db.engine.dispose()
