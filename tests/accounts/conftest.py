import pytest
from pytest_django import Settings


@pytest.fixture
def with_mail(settings: Settings) -> None:
    """Configure mail as EMAIL_URL does, delivering to the tests' outbox."""
    settings.HAS_EMAIL = True
    settings.ACCOUNT_PREVENT_ENUMERATION = "strict"
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"
    settings.ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
