"""Rate limit of sign-in attempts per account and per address, over 15 minutes."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil

from ingest.http.sender import sender_key
from models.people.login_attempts import LoginAttempts

WINDOW = timedelta(minutes=15)
MOST_PER_ACCOUNT = 8
MOST_PER_ADDRESS = 40


class Throttle:
    """Counts attempts under keyed hashes of account and address. Raises `DatabaseAway`."""

    def __init__(self, attempts: LoginAttempts, key: str, now: Callable[[], datetime]) -> None:
        self._attempts = attempts
        self._key = key.encode()
        self._now = now

    def wait_seconds(self, email: str, address: str | None) -> int:
        """Count an attempt: 0 when allowed, else seconds until the next one would be."""
        now = self._now()
        for key, most in (
            (self._address_key(address, now), MOST_PER_ADDRESS),
            (self._account_key(email), MOST_PER_ACCOUNT),
        ):
            oldest = self._attempts.claim(key, most, now - WINDOW, now)
            if oldest is not None:
                return max(1, ceil((oldest + WINDOW - now).total_seconds()))
        return 0

    def reset(self, email: str) -> None:
        """Delete the account's attempts after a successful sign-in."""
        self._attempts.forgive(self._account_key(email))

    def _account_key(self, email: str) -> str:
        return "account:" + self._digest(email.lower())

    def _address_key(self, address: str | None, now: datetime) -> str:
        """Hash of address and day, so that an address cannot be linked across days."""
        return "address:" + self._digest(f"{now:%Y-%m-%d} {sender_key(address)}")

    def _digest(self, text: str) -> str:
        digest = hmac.new(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256)
        return digest.hexdigest()[:32]
