from threading import Lock
from time import monotonic


class Outage:
    """Remembers in this process whether a server answers.

    While it does not, one caller tries it again every `seconds`; the others use their fallback at
    once.
    """

    def __init__(self, seconds: float = 5) -> None:
        self.seconds = seconds
        self._retry_at: float | None = None
        self._lock = Lock()

    def may_be_tried(self) -> bool:
        if self._retry_at is None:
            return True
        with self._lock:
            if self._retry_at is None or monotonic() >= self._retry_at:
                self._retry_at = monotonic() + self.seconds
                return True
            return False

    def failed(self) -> None:
        self._retry_at = monotonic() + self.seconds

    def succeeded(self) -> None:
        self._retry_at = None
