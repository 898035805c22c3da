"""Unguessable names and secrets. Secrets are kept as SHA-256 of 160 random bits or more, never themselves."""

import hashlib
import secrets
import uuid

_READABLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U


def secret() -> str:
    """A new secret for a link: 192 random bits, safe in an address."""
    return secrets.token_urlsafe(24)


def digest(token: str) -> str:
    """What is stored of a secret: hex SHA-256. A fast hash is right for secrets of full entropy."""
    return hashlib.sha256(token.encode()).hexdigest()


def readable(length: int = 12) -> str:
    """A code people can read out (30 letters, about 4.9 bits each): order references, certificate codes."""
    return "".join(secrets.choice(_READABLE) for _ in range(length))


def uid() -> str:
    """A new identity for a calendar entry, before the `@domain`."""
    return str(uuid.uuid4())
