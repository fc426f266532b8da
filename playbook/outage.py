from threading import Lock
from time import monotonic


class Outage:
    """Whether a server answers, as this process knows it.

    While it does not, one caller in so many seconds asks it again; all others go another way at
    once.
    """

    def __init__(self, seconds: float = 5) -> None:
        self.seconds = seconds
        self._ask_again_at: float | None = None
        self._lock = Lock()

    def may_be_asked(self) -> bool:
        if self._ask_again_at is None:
            return True
        with self._lock:
            if self._ask_again_at is None or monotonic() >= self._ask_again_at:
                self._ask_again_at = monotonic() + self.seconds
                return True
            return False

    def is_silent(self) -> None:
        self._ask_again_at = monotonic() + self.seconds

    def answers(self) -> None:
        self._ask_again_at = None
