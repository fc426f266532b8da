import pytest
from django.test import Client, RequestFactory, override_settings

from playbook.http import safe_next

pytestmark = pytest.mark.same_everywhere


@pytest.mark.parametrize(
    "address", ["/", "/articles/?layer=caching#results", "http://testserver/me/"]
)
def test_a_return_address_on_this_site_is_followed(address: str) -> None:
    assert safe_next(RequestFactory().post("/", {"next": address}), "/default") == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://evil.example/",
        "http://testserver.evil.example/",
        "http://testserver@evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "http:///evil.example/",
        "\x08//evil.example/",
        "javascript:alert(1)",
        "data:text/html,hello",
    ],
)
def test_a_return_address_on_another_site_is_refused(address: str) -> None:
    assert safe_next(RequestFactory().post("/", {"next": address}), "/default") == "/default"


def test_a_return_address_does_not_change_from_https_to_http() -> None:
    request = RequestFactory().post("/", {"next": "http://testserver/me/"}, secure=True)
    assert safe_next(request, "/default") == "/default"


def sign_in(origin: str, site: str = "cross-site") -> tuple[int, str]:
    headers = {"origin": origin, "sec-fetch-site": site}
    client = Client(enforce_csrf_checks=True, headers=headers)
    response = client.post("/accounts/login/", {"login": "learner", "password": "a-word"})
    return response.status_code, response.content.decode()


def test_an_untrusted_origin_is_named_for_the_operator(db: None) -> None:
    status, page = sign_in("https://study.example.org")
    assert status == 403
    assert "CSRF_TRUSTED_ORIGINS=https://study.example.org<" in page


def test_a_trusted_origin_is_not_named(db: None) -> None:
    with override_settings(CSRF_TRUSTED_ORIGINS=["https://study.example.org"]):
        status, page = sign_in("https://study.example.org")
        assert sign_in("https://study.example.org", "same-origin")[0] == 200
        old_browser = {"origin": "https://study.example.org"}
        refused = Client(enforce_csrf_checks=True, headers=old_browser).post("/theme/")
        assert refused.status_code == 403
    assert status == 403
    assert "CSRF_TRUSTED_ORIGINS" not in page


def test_an_origin_is_shown_as_text_only(db: None) -> None:
    status, page = sign_in("https://<script>.example.org")
    assert status == 403
    assert "<script>.example" not in page


def test_a_cookie_with_a_nul_is_a_bad_request(db: None) -> None:
    response = Client(headers={"cookie": "sessionid=abc\0def"}).get("/")
    assert response.status_code == 400


@pytest.mark.parametrize("path", ["/", "/articles/", "/admin/login/", "/accounts/login/", "/none/"])
def test_pages_have_security_headers(path: str, db: None) -> None:
    response = Client().get(path, follow=True)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("is_https", [False, True])
def test_cookies_are_hidden_from_scripts_and_other_sites(playbook: None, is_https: bool) -> None:
    client = Client()
    with override_settings(SESSION_COOKIE_SECURE=is_https, CSRF_COOKIE_SECURE=is_https):
        client.get("/accounts/login/")
        client.post("/articles/payment-wallet/state/", {"state": "done"})
    flags = ("httponly", "secure", "samesite", "domain", "path")
    for name in ("sessionid", "csrftoken"):
        cookie = client.cookies[name]
        assert [cookie[flag] or False for flag in flags] == [True, is_https, "Lax", False, "/"]
    assert client.cookies["sessionid"]["max-age"] == 60 * 24 * 60 * 60
