"""An event as a file: everything of the catalog that one event carries, in the project's own form.

What is sold for it is added by `registration.transfer`, which whole files go through. Times are wall-clock times in the
event's zone (`2026-09-10T12:30`); only a time the clocks have twice carries its offset. Calendar identities do not travel: an
imported event is a new one.
"""

from webapp.catalog.transfer.form import FORM, CatalogForm, Strict
from webapp.catalog.transfer.loading import Loaded, load
from webapp.catalog.transfer.moments import read_moment, write_moment
from webapp.catalog.transfer.reasons import ImportRefused, reasons_of
from webapp.catalog.transfer.references import unresolved
from webapp.catalog.transfer.writing import session_numbers, to_form

__all__ = [
    "FORM", "CatalogForm", "ImportRefused", "Loaded", "Strict", "load", "read_moment", "reasons_of", "session_numbers", "to_form",
    "unresolved", "write_moment",
]
