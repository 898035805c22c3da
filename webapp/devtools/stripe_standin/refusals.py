"""Stripe's refusals: what it answers instead of an object, in its own words."""

from __future__ import annotations

from typing import Any


class StripeRefusal(Exception):
    """An error answer. `started`: the request got past validation, so an idempotency key keeps it."""

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
        status: int = 400,
        started: bool = True,
    ) -> None:
        super().__init__(message)
        self.message, self.code, self.param = message, code, param
        self.kind, self.status, self.started = kind, status, started

    def body(self) -> dict[str, Any]:
        """Return the JSON answer, without the fields that say nothing."""
        fields = {"type": self.kind, "message": self.message, "code": self.code, "param": self.param}
        if self.code:
            fields["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        return {"error": {name: value for name, value in fields.items() if value is not None}}


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> StripeRefusal:
    """A parameter that fails validation."""
    return StripeRefusal(message, param=param, code=code, started=False)


def missing(noun: str, object_id: str, param: str = "id", status: int = 404) -> StripeRefusal:
    """An id nobody knows."""
    return StripeRefusal(
        f"No such {noun}: '{object_id}'", code="resource_missing", param=param, status=status
    )


def unauthorised(message: str) -> StripeRefusal:
    """401: the key is missing or is not ours. Nothing was started, so the idempotency key stays free."""
    return StripeRefusal(message, status=401, started=False)


def not_imitated(param: str) -> StripeRefusal:
    """Stripe knows this parameter; the stand-in does not do what it asks, and will not pretend to."""
    return StripeRefusal(
        f"The local stand-in for Stripe does not imitate `{param}`.",
        code="standin_not_imitated",
        param=param,
        started=False,
    )
