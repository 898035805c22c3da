"""Answers kept under idempotency keys: the same request gets the same answer, another is refused."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from webapp.devtools.stripe_standin.refusals import StripeRefusal
from webapp.devtools.stripe_standin.store import Body, Transaction

LONGEST_KEY = 255


@dataclass(frozen=True)
class Answer:
    """What is sent back. `replayed` marks an answer that was given before."""

    status: int
    body: Body
    replayed: bool = False


def digest(pairs: list[tuple[str, str]]) -> str:
    """Return a fingerprint of a request's parameters, whatever their order."""
    return hashlib.sha256(json.dumps(sorted(pairs)).encode()).hexdigest()


def recall(tx: Transaction, key: str, request: str, fingerprint: str) -> Answer | None:
    """Return the answer kept under the key, or nothing. Refuses a key that was used for another request."""
    if len(key) > LONGEST_KEY:
        raise StripeRefusal(
            "Idempotency keys can be at most 255 characters long.", kind="idempotency_error", started=False
        )
    found = tx.rows("SELECT * FROM answers WHERE key = ?", key)
    if not found:
        return None
    if found[0]["request"] != request:
        raise _conflict(
            f"for the same endpoint they were first used for ('{request}' vs '{found[0]['request']}')", key
        )
    if found[0]["digest"] != fingerprint:
        raise _conflict("with the same parameters they were first used with", key)
    return Answer(found[0]["status"], json.loads(found[0]["body"]), replayed=True)


def _conflict(reason: str, key: str) -> StripeRefusal:
    return StripeRefusal(
        f"Keys for idempotent requests can only be used {reason}. Try using a key other than '{key}' if you "
        "meant to execute a different request.",
        kind="idempotency_error",
        started=False,
    )


def keep(tx: Transaction, key: str, request: str, fingerprint: str, answer: Answer) -> None:
    """Keep an answer under its key, in the transaction of the work it answers for."""
    tx.run(
        "INSERT INTO answers (key, request, digest, status, body) VALUES (?, ?, ?, ?, ?)",
        key,
        request,
        fingerprint,
        answer.status,
        json.dumps(answer.body),
    )
