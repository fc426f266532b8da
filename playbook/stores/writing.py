"""Find out whether the database accepts changes."""

from secrets import token_hex

from django.db import connection, transaction
from django.utils import timezone


def database_is_writable() -> bool:
    """Write more than fits into a page that is there: a full disk still takes that."""
    key, value = f"readyz-{token_hex(8)}", "0" * 8_192
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO playbook_cache (cache_key, value, expires) VALUES (%s, %s, %s)",
            [key, value, timezone.now()],
        )
        cursor.execute("DELETE FROM playbook_cache WHERE cache_key = %s", [key])
    return True
