"""Stripe's stand-in in this process: the official client speaks to it by a function call, which a million steps can afford.

What it has to tell lies in `unsaid` until the test brings it: late, twice, in disorder, or never.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import stripe
from flask import Flask
from werkzeug.test import Client

from webapp.devtools.stripe_standin.app import create_app
from webapp.devtools.stripe_standin.store import Store
from webapp.payments.gateway import HANDLED


class Wire(stripe.HTTPClient):
    """The library's own way to be given another transport."""

    name = "wire"

    def __init__(self, standin: Flask) -> None:
        super().__init__()
        self.client = Client(standin)
        self.asked = 0

    def request(self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_kw: Any) -> Any:
        """One request to the API."""
        self.asked += 1
        answer = self.client.open(url, method=method.upper(), headers=dict(headers or {}), data=post_data)
        return answer.get_data(), answer.status_code, dict(answer.headers)

    def close(self) -> None:
        """Nothing is open."""


class StripeAtHand:
    """Payment pages, banks and what Stripe says of them."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.store = Store(file)
        self.standin = create_app(self.store)
        self.client = Client(self.standin)
        self.wire = Wire(self.standin)
        self.read, self.ordered = 0, 0
        self._books: tuple[tuple[int, int], dict[str, list[dict[str, Any]]]] | None = None

    @contextmanager
    def in_place_of_the_network(self, app: Flask) -> Iterator[None]:
        """The application's client of Stripe speaks to this one."""
        settings = app.config["SETTINGS"]
        key = settings.stripe_secret_key.get_secret_value()
        usual = app.extensions.get("attune_stripe")
        app.extensions["attune_stripe"] = {(key, settings.stripe_api_base): stripe.StripeClient(
            key, base_addresses={"api": settings.stripe_api_base}, http_client=self.wire)}
        try:
            yield
        finally:
            app.extensions["attune_stripe"] = usual or {}

    def order(self, name: str, **fields: Any) -> dict[str, Any]:
        """One of the stand-in's controls; the answer, a refusal too."""
        self.ordered += 1
        return dict(self.client.post(f"/_control/{name}", json=fields).get_json())

    def forget(self) -> None:
        """A new, empty Stripe."""
        self.order("reset")
        self.read = 0

    def news(self) -> list[dict[str, Any]]:
        """Every event of the types we act on that has happened since the last look, oldest first."""
        with self.store.transaction(write=False) as tx:
            rows = tx.rows("SELECT seq, body FROM objects WHERE kind = 'event' AND seq > ? ORDER BY seq", self.read)
        self.read = max((row["seq"] for row in rows), default=self.read)
        return [found for row in rows if (found := json.loads(row["body"]))["type"] in HANDLED]

    @property
    def heard(self) -> tuple[int, int]:
        """Moves whenever anybody spoke to Stripe: what it believes cannot change otherwise."""
        return self.wire.asked, self.ordered

    def books(self) -> dict[str, list[dict[str, Any]]]:
        """What Stripe believes about money; asked again only after somebody spoke to it."""
        if self._books is None or self._books[0] != self.heard:
            self._books = self.heard, dict(self.client.get("/_control/books").get_json())
        return self._books[1]
