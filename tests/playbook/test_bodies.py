"""Test the size of the body that each view accepts."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from playbook.server import bodies

IMPORT = "/admin/playbook_file/revision/add/"


def views(resolver: URLResolver, apps: tuple[str | None, ...] = ()) -> list[tuple[bool, str, int]]:
    """Return for each view: whether it is the admin's, its name, and its declared limit."""
    listed = []
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            listed += views(pattern, (*apps, pattern.app_name))
        elif isinstance(pattern, URLPattern) and hasattr(pattern.callback, "body_limit"):
            listed.append(("admin" in apps, str(pattern.name), pattern.callback.body_limit))
    return listed


def test_only_notes_scratches_and_the_import_take_large_bodies() -> None:
    assert views(get_resolver()) == [
        (False, "note_save", 512 * 1024),
        (False, "session_finish", 512 * 1024),
        (False, "scratch_save", 512 * 1024),
        (True, "playbook_file_revision_add", 5_000_000 + 1024**2),
    ]
    assert bodies.limit_for(IMPORT) == 5_000_000 + 1024**2


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/theme/", 64 * 1024),
        ("/accounts/login/", 64 * 1024),
        ("/contributing/", 64 * 1024),
        ("/nowhere/", 64 * 1024),
        ("/admin/", 1024**2),
        ("/admin/catalog/article/add/", 1024**2),
    ],
)
def test_forms_take_what_they_need(path: str, limit: int) -> None:
    assert bodies.limit_for(path) == limit


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/theme/", "/accounts/login/", "/nowhere/"])
def test_a_file_is_refused_where_none_is_taken(client: Client, path: str) -> None:
    file = SimpleUploadedFile("file", b"x" * 64 * 1024)
    response = client.post(path, {"file": file})
    assert response.status_code == 413
    assert "This page takes up to 64.0\xa0KB" in response.content.decode()


def test_the_import_takes_the_largest_file(client: Client, editor: User) -> None:
    client.force_login(editor)
    file = SimpleUploadedFile("playbook.md", b"x" * 5_000_000)
    assert client.post(IMPORT, {"file": file}).status_code == 200
    file = SimpleUploadedFile("playbook.md", b"x" * 6_100_000)
    assert client.post(IMPORT, {"file": file}).status_code == 413
