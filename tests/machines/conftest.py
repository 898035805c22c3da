"""A private database that goes back to one moment for each example, and Stripe at hand."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.machines.rewinding import Rewinding
from tests.machines.stripe_at_hand import StripeAtHand
from tests.support.databases import Databases


@pytest.fixture
def rewinding(clean_db: str, database_place: Databases) -> Iterator[Rewinding]:
    """`rewinding.mark()` once the world is made, `rewinding.back()` before each example."""
    made = Rewinding(clean_db, database_place)
    yield made
    made.forget()


@pytest.fixture
def stripe_at_hand(app: Flask, tmp_path) -> Iterator[StripeAtHand]:
    """The stand-in for Stripe inside this process, behind the official client."""
    made = StripeAtHand(tmp_path / "stripe.db")
    with made.in_place_of_the_network(app):
        yield made
