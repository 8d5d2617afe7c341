"""Hashing and judging passwords."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

# NIST SP 800-63B-4 (2025): 15 characters when the password is the only factor; at least 64 must be accepted.
MIN_LENGTH = 15
MAX_LENGTH = 256
# zxcvbn's scale 0-4; below 2 stand common passwords and their obvious variations ("under 10^6 guesses").
LOWEST_SCORE = 2
_JUDGED = 72  # longer inputs make zxcvbn slow and are not guessed this way

# OWASP's figures for argon2id: 19 MiB, two passes, one lane.
_hashers = {
    "normal": PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),
    "test": PasswordHasher(time_cost=1, memory_cost=8, parallelism=1),
}


class Passwords:
    """Hashes with one cost; `cost` is "normal", or "test" in test suites."""

    def __init__(self, cost: str) -> None:
        self._hasher = _hashers[cost]
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """The argon2id hash, with salt and parameters."""
        return self._hasher.hash(password)

    def matches(self, stored: str, password: str) -> bool:
        """Whether the password belongs to the hash. Takes as long for an empty or foreign hash, so time tells nothing."""
        try:
            return self._hasher.verify(stored or self._nobody, password) and bool(stored)
        except (VerificationError, InvalidHashError):
            return False

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made with other costs and should be made anew."""
        return self._hasher.check_needs_rehash(stored)


def is_guessable(password: str, about: list[str]) -> bool:
    """Whether the password is common, or made of what is known `about` the person or the site."""
    return bool(zxcvbn(password[:_JUDGED], about)["score"] < LOWEST_SCORE)
