import pytest
from pytest_django import Settings


@pytest.fixture
def with_mail(settings: Settings) -> None:
    """As with EMAIL_URL set; the tests' outbox takes the mail."""
    settings.HAS_EMAIL = True
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"
    settings.ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
