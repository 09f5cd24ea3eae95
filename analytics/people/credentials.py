"""Passwords and bearer tokens: generating, hashing and checking. No clock, no database.

Passwords are slow to check (argon2id, OWASP's second parameter set), tokens are long and random,
so a plain SHA-256 protects them.
"""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH, MAX_LENGTH = 12, 256  # NIST SP 800-63B: length, and no rules of composition
TOKEN_PREFIX = "wsmon_"  # noqa: S105 - lets scanners for leaked secrets recognise ours
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# The hash of a random password, checked for unknown accounts so that they take as long.
UNKNOWN_ACCOUNT_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$RmrmsRv3UE1hAH/iXSph0g$"
    "N2BHn2Tc9Uouz1myW75kY0iOw798aEL8oO13xPilwsE"
)


class PasswordRefused(ValueError):
    """The password violates a rule; the text says which."""


def check_password_rules(password: str, email: str = "") -> None:
    """Raises `PasswordRefused` when `password` is too short, too long or the address."""
    if len(password) < MIN_LENGTH:
        raise PasswordRefused(f"A password has at least {MIN_LENGTH} characters.")
    if len(password) > MAX_LENGTH:
        raise PasswordRefused(f"A password has at most {MAX_LENGTH} characters.")
    if email and password.lower() == email.lower():
        raise PasswordRefused("The password must not be the address.")


def hashed_password(password: str) -> str:
    """The argon2id hash to store. Takes some 17 ms of one core."""
    return _hasher.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether `password` is the one hashed; `None`, for an unknown account, takes as long."""
    try:
        _hasher.verify(password_hash or UNKNOWN_ACCOUNT_HASH, password[:MAX_LENGTH])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def new_password() -> str:
    """A random password that can be typed: 120 bits in 24 characters."""
    return "-".join(secrets.token_hex(3) for _ in range(5))


def new_token() -> str:
    """A random bearer token, 256 bits."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def hashed_token(token: str) -> bytes:
    """The SHA-256 stored for a token or the secret of a login."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
