"""My hours: what is recorded, what waits, where it reaches; the transcript on paper and as data; certificates."""

from webapp.web.mine.hours.views import pages

__all__ = ["pages"]
