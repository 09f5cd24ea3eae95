"""Rate limit of sign-in attempts over 15 minutes.

A browser that signed in to the account before has attempts of its own, up to those of all such
browsers; all others are counted by account and address together, by address, and by account over
all addresses.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from ingest.http.sender import sender_key
from models.people.login_attempts import LoginAttempts

WINDOW = timedelta(minutes=15)
MOST_PER_DEVICE = 8
MOST_PER_SENDER = 8  # of an account from an address
MOST_PER_ADDRESS = 40
MOST_PER_ACCOUNT = 40
# Of all browsers that signed in to it. Who had the password can collect any number of them, and go
# on with these when it was changed.
MOST_PER_DEVICES = 40


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries to sign in: to which account, from which address, by a browser that signed in to
    it before (its identifier) or by another."""

    email: str
    address: str | None
    device: str | None = None


class Throttle:
    """Counts attempts under keyed hashes. Raises `DatabaseAway`."""

    def __init__(self, attempts: LoginAttempts, key: str, now: Callable[[], datetime]) -> None:
        self._attempts = attempts
        self._key = key.encode()
        self._now = now

    def wait_seconds(self, attempt: Attempt) -> int:
        """Count an attempt: 0 when allowed, else seconds until the next one would be."""
        now = self._now()
        for key, most in self._limits(attempt, now):
            oldest = self._attempts.claim(key, most, now - WINDOW, now)
            if oldest is not None:
                return max(1, ceil((oldest + WINDOW - now).total_seconds()))
        return 0

    def reset(self, attempt: Attempt) -> None:
        """Delete the attempts of this browser, or from this address at this account, after a
        successful sign-in; those of others at the account stay."""
        now = self._now()
        self._attempts.forgive(
            self._device_key(attempt.device) if attempt.device else self._sender_key(attempt, now)
        )

    def _limits(self, attempt: Attempt, now: datetime) -> list[tuple[str, int]]:
        """The keys to count under, in this order: what a limit refuses counts for none after it,
        so that a single address or browser cannot use up the attempts of an account."""
        if attempt.device:
            return [
                (self._device_key(attempt.device), MOST_PER_DEVICE),
                ("devices:" + self._digest(attempt.email.lower()), MOST_PER_DEVICES),
            ]
        return [
            (self._address_key(attempt.address, now), MOST_PER_ADDRESS),
            (self._sender_key(attempt, now), MOST_PER_SENDER),
            ("account:" + self._digest(attempt.email.lower()), MOST_PER_ACCOUNT),
        ]

    def _device_key(self, device: str) -> str:
        return "device:" + self._digest(device)

    def _sender_key(self, attempt: Attempt, now: datetime) -> str:
        sender = f"{now:%Y-%m-%d} {sender_key(attempt.address)}"
        return "sender:" + self._digest(f"{sender} {attempt.email.lower()}")

    def _address_key(self, address: str | None, now: datetime) -> str:
        """Hash of address and day, so that an address cannot be linked across days."""
        return "address:" + self._digest(f"{now:%Y-%m-%d} {sender_key(address)}")

    def _digest(self, text: str) -> str:
        digest = hmac.new(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256)
        return digest.hexdigest()[:32]
