import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

import playbook.settings

SMTP = "django.core.mail.backends.smtp.EmailBackend"


def settings_with(monkeypatch: pytest.MonkeyPatch, email_url: str) -> dict[str, Any]:
    monkeypatch.setenv("EMAIL_URL", email_url)
    return runpy.run_path(str(Path(playbook.settings.__file__)))


@pytest.mark.parametrize(
    ("email_url", "backend", "port", "tls", "ssl"),
    [
        ("submission://me:secret@mail.example.org", SMTP, 587, True, False),
        ("smtp://me:secret@mail.example.org:465?ssl=True", SMTP, 465, False, True),
        ("smtp://mail.example.org:25", SMTP, 25, False, False),
        ("console:", "django.core.mail.backends.console.EmailBackend", None, False, False),
    ],
)
def test_every_mail_server_of_the_example_is_accepted(
    monkeypatch: pytest.MonkeyPatch,
    email_url: str,
    backend: str,
    port: int | None,
    tls: bool,
    ssl: bool,
) -> None:
    settings = settings_with(monkeypatch, email_url)
    assert settings["HAS_EMAIL"]
    assert "email*" in settings["ACCOUNT_SIGNUP_FIELDS"]
    assert settings["EMAIL_BACKEND"] == backend
    assert settings["EMAIL_PORT"] == port
    assert settings["EMAIL_TIMEOUT"] == 10
    assert settings["ACCOUNT_PREVENT_ENUMERATION"] == "strict"
    assert (settings["EMAIL_USE_TLS"], settings["EMAIL_USE_SSL"]) == (tls, ssl)


def test_without_a_mail_server_an_address_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_with(monkeypatch, "")
    assert not settings["HAS_EMAIL"]
    assert "email" in settings["ACCOUNT_SIGNUP_FIELDS"]
    assert settings["ACCOUNT_PREVENT_ENUMERATION"] is True
    assert settings["EMAIL_BACKEND"] == "django.core.mail.backends.dummy.EmailBackend"


@pytest.mark.parametrize("email_url", ["mail.example.org", "pigeon://mail.example.org"])
def test_a_mail_server_that_cannot_be_used_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, email_url: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL cannot be used"):
        settings_with(monkeypatch, email_url)
