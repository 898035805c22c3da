"""Who keeps the books, and what she keeps them of."""

import pytest

from tests.factories import events, people, registrations
from webapp.core.db import transaction
from webapp.payments import invoices


@pytest.fixture
def finance() -> int:
    """Somebody of finance."""
    with transaction():
        return people.person(roles=["finance"]).id


@pytest.fixture
def ours() -> list[int]:
    """Three orders on invoice at $150.00 of one agency."""
    with transaction():
        made = [registrations.registered(events.workshop(), people.person()).order_id for _ in range(3)]
        for order_id in made:
            invoices.issue(order_id)
    return made
