from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class Write(models.Model):
    """The row that the limit of a state change writes."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = models.Manager["Write"]()

    class Meta:
        app_label = "bench"

    def __str__(self) -> str:
        return f"{self.written_at}"
