"""Passwords as they are kept: hashed, so that neither memory nor a dump of it gives them away."""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import NamedTuple

COST = 2**12
"""scrypt's N (RFC 7914, section 2): with r = 8, 4 MB and 7 ms, so that 300 people log in within seconds."""

_BLOCK_SIZE = 8
_SALT_BYTES = 16
_DIGEST_BYTES = 32


class PasswordHash(NamedTuple):
    """What is kept of a password: enough to tell whether it is given again."""

    salt: bytes
    digest: bytes

    @classmethod
    def of(cls, password: str) -> PasswordHash:
        """Hash a password, which takes some milliseconds."""
        salt = os.urandom(_SALT_BYTES)
        return cls(salt, _digest(password, salt))

    @classmethod
    def of_none(cls) -> PasswordHash:
        """Return the hash of no password, which takes as long to compare with as any other."""
        return cls(os.urandom(_SALT_BYTES), os.urandom(_DIGEST_BYTES))

    def fits(self, password: str) -> bool:
        """Whether this is the password, which takes some milliseconds and lets other threads run."""
        return hmac.compare_digest(_digest(password, self.salt), self.digest)


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=COST, r=_BLOCK_SIZE, p=1, dklen=_DIGEST_BYTES)
