"""Passwords: what is refused, how they are hashed (argon2id), and when a hash should be made anew.

A hash takes a quarter of a second: never inside a transaction. `fast` is for tests only (setting ARGON2_FAST).
"""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from webapp.core import text
from webapp.core.errors import Unacceptable

SHORTEST, LONGEST = 10, 200
# Long enough for our rule and still among the first a guesser tries (NIST SP 800-63B 3.1.1.2 asks for such a list).
_COMMON = frozenset({
    "1234567890", "0123456789", "1234567891", "12345678910", "123456789a", "q1w2e3r4t5", "1q2w3e4r5t", "qwertyuiop", "qwerty12345",
    "password12", "password123", "password1234", "passw0rd123", "iloveyou123", "letmein123", "welcome123", "administrator",
    "football123", "baseball123", "sunshine123", "princess123", "superman123", "abcdefghij", "abcd123456", "asdfghjkl1",
    "changeme123", "attune1234", "password!1", "qwerty123456", "1qaz2wsx3edc",
})


def check(password: str, *, about: str = "", field: str = "password") -> None:
    """Refuses what is short, long, among the most used, or made of `about` (her name and address)."""
    plain = text.searchable(password)
    if len(password) < SHORTEST:
        raise Unacceptable(f"Use at least {SHORTEST} characters. A few words in a row are easy to remember.", field=field)
    if len(password) > LONGEST:
        raise Unacceptable(f"Use at most {LONGEST} characters.", field=field)
    if plain in _COMMON or len(set(plain)) < 4:
        raise Unacceptable("This password is one of the first that others would try. Take a few words in a row.", field=field)
    if plain in {*text.searchable(about).split(), text.searchable(about)}:
        raise Unacceptable("Your name or address is too easy to guess. Take a few words in a row.", field=field)


@cache
def _hasher(fast: bool) -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1) if fast else PasswordHasher()


@cache
def _nobodys(fast: bool) -> str:
    return _hasher(fast).hash("nobody has this password")


def digest(password: str, *, fast: bool = False) -> str:
    """The argon2id hash to keep, with its salt and parameters in it."""
    return _hasher(fast).hash(password)


def matches(stored: str | None, password: str, *, fast: bool = False) -> bool:
    """Whether the password made the hash. Takes as long where there is no hash, so that time tells nothing."""
    try:
        return _hasher(fast).verify(stored or _nobodys(fast), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_old(stored: str, *, fast: bool = False) -> bool:
    """Whether the hash was made with other parameters than today's and should be made anew at the next sign-in."""
    return _hasher(fast).check_needs_rehash(stored)
