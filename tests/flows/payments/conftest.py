"""Money flows speak to a stand-in for Stripe that runs as a process of its own."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.till import SECRET, Till, at_stripe
from webapp.devtools.stripe_standin.process import StandIn


@pytest.fixture(scope="session")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """The stand-in without an endpoint: the test brings its webhooks itself."""
    with StandIn(tmp_path_factory.mktemp("stripe") / "stripe.db", None, SECRET) as running:
        yield running


@pytest.fixture
def till(app: Flask, client: FlaskClient, standin: StandIn, frozen: object) -> Iterator[Till]:
    """A till with an empty Stripe."""
    with at_stripe(app, standin):
        yield Till(client, standin)
