"""A running Stripe stand-in, the real library as its client, and an ear for its webhooks."""

from __future__ import annotations

import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import stripe

from webapp.devtools.stripe_standin.process import StandIn

SECRET = "whsec_for_these_tests"
PATIENCE = 15.0


class Ear(ThreadingHTTPServer):
    """Receives webhooks, verifies each with the library, and answers `answer`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.answer, self.refused = 200, 0
        self.heard: list[stripe.Event] = []
        self.news = threading.Condition()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/webhooks/stripe"

    def take(self, body: bytes, signature: str | None) -> int:
        """Keep an event that is signed rightly; return the status to answer."""
        with self.news:
            try:
                event = stripe.Webhook.construct_event(body, signature, SECRET)
            except stripe.SignatureVerificationError:
                self.refused += 1
                return 400
            if self.answer == 200:
                self.heard.append(event)
            self.news.notify_all()
            return self.answer

    def events(self, kind: str, count: int = 1) -> list[stripe.Event]:
        """Wait until `count` events of a type have come; return those that have."""
        with self.news:
            self.news.wait_for(lambda: len(self._of(kind)) >= count, PATIENCE)
            return self._of(kind)

    def _of(self, kind: str) -> list[stripe.Event]:
        return [event for event in self.heard if event.type == kind]


class _Hook(BaseHTTPRequestHandler):
    server: Ear

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.server.take(body, self.headers.get("Stripe-Signature")))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@dataclass
class Page:
    """What a browser got: the status, where it ended, and the text."""

    status: int
    address: str
    text: str


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any) -> None:
        return None


@dataclass
class Shop:
    """A shop with the stand-in for its Stripe."""

    standin: StandIn
    client: stripe.StripeClient
    ear: Ear
    card: dict[str, str] = field(default_factory=lambda: {"name": "Ann", "expiry": "12 / 40", "cvc": "123"})

    def session(self, **more: Any) -> Any:
        """Make a Checkout Session of two places at 25 dollars."""
        price = {"currency": "usd", "unit_amount": 2500, "product_data": {"name": "Spring conference"}}
        wanted = {
            "mode": "payment",
            "success_url": "http://shop.test/done?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://shop.test/cart",
            "customer_email": "ann@example.org",
            "line_items": [{"quantity": 2, "price_data": price}],
        }
        return self.client.v1.checkout.sessions.create(wanted | more)  # type: ignore[arg-type]

    def again(self, session: Any) -> Any:
        return self.client.v1.checkout.sessions.retrieve(session.id)

    def paid(self, card: str = "success") -> Any:
        """Make a session, pay it, and return its PaymentIntent with the charge."""
        session = self.session()
        self.standin.pay(session.id, card)
        return self.client.v1.payment_intents.retrieve(
            self.again(session).payment_intent, {"expand": ["latest_charge"]}
        )

    def submit(self, address: str, **form: str) -> Page:
        """Post a form of the payment page as a browser does, without following the redirect."""
        return self._open(address, urllib.parse.urlencode(form).encode())

    def look(self, address: str) -> Page:
        return self._open(address, None)

    def _open(self, address: str, body: bytes | None) -> Page:
        opener = urllib.request.build_opener(_Stay)
        try:
            with opener.open(urllib.parse.urljoin(self.standin.api_base, address), body, 20) as answer:
                return Page(answer.status, answer.url, _words(answer.read()))
        except urllib.error.HTTPError as error:
            return Page(error.code, error.headers.get("Location", ""), _words(error.read()))

    def until(self, is_true: Any) -> bool:
        """Poll until it is true or patience ends."""
        deadline = time.monotonic() + PATIENCE
        while not is_true():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True


def _words(body: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body.decode()))


@pytest.fixture(autouse=True)
def _database() -> None:
    """Nothing here touches the product, so its database stays away."""


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    path: Path = tmp_path_factory.mktemp("standin") / "stripe.sqlite3"
    with StandIn(path, "http://127.0.0.1:9/", SECRET) as standin:
        yield standin


@pytest.fixture
def shop(running: StandIn) -> Iterator[Shop]:
    """A shop at a stand-in that has forgotten everything before, with an ear of its own."""
    ear = Ear()
    client = stripe.StripeClient(
        "sk_test_shop", base_addresses={"api": running.api_base}, max_network_retries=0
    )
    running.control("reset")
    client.v1.webhook_endpoints.update("we_standin_main", {"url": ear.url})
    yield Shop(running, client, ear)
    ear.shutdown()
    ear.server_close()
