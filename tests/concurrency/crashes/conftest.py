"""One installation of processes that die for all stories of this folder; each file begins in it anew."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support import databases
from tests.support.databases import Databases
from tests.support.mortal import Moment, Mortal


@pytest.fixture(scope="package")
def module_db(app: Flask, database_place: Databases, template: str) -> Iterator[str]:
    """As everywhere, kept for this folder."""
    with databases.private(app, database_place, template) as address:
        yield address


@pytest.fixture(scope="package")
def opened(module_db: str, database_place: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Mortal, Moment]]:
    """The installation, and the moment when nothing was in it."""
    with Mortal(module_db, database_place, tmp_path_factory.mktemp("mortal")) as made:
        yield made, made.keep()


@pytest.fixture(scope="module")
def site(opened: tuple[Mortal, Moment]) -> Mortal:
    """The installation with nothing in it."""
    made, empty = opened
    made.back_to(empty)
    return made
