from collections.abc import Callable
from typing import ClassVar

from django.contrib.auth.hashers import MD5PasswordHasher


class CountingHasher(MD5PasswordHasher):
    """Counts the passwords that were hashed: in production each takes a noticeable time."""

    hashed: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        self.hashed.append(password)
        return super().encode(password, salt)


class SlowHasher(MD5PasswordHasher):
    """Lets something else happen while a password is hashed."""

    meanwhile: ClassVar[list[Callable[[], object]]] = []

    def encode(self, password: str, salt: str) -> str:
        if self.meanwhile:
            self.meanwhile.pop()()
        return super().encode(password, salt)
