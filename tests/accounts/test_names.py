from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.accounts.hashers import SlowHasher
from tests.accounts.pages import Page

PASSWORD = "a-long-enough-passphrase"


def sign_up(name: str, password: str = PASSWORD) -> str:
    """Return the text of the form with its errors, or nothing if the account was made."""
    data = {"username": name, "password1": password, "password2": password}
    response = Client().post("/accounts/signup/", data)
    return "" if response.status_code == 302 else Page(response).text


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("learner@example.org", "A user name cannot contain “@”"),
        ("nobody@example.org", "A user name cannot contain “@”"),
        ("аda", "Use letters of one alphabet"),  # The first letter is Cyrillic.
        ("ada漢Ж", "Use letters of one alphabet"),
        ("learner٥", "Use letters of one alphabet"),  # The digit is Arabic.
        ("1earner", "This user name looks like one that is taken."),
        ("Iearner", "This user name looks like one that is taken."),
        ("ｌｅａｒｎｅｒ", "This user name is taken."),
        ("сосо", "This user name looks like one that is taken."),  # Cyrillic only.
    ],
)
def test_a_name_that_can_be_taken_for_another_is_refused(
    learner: User, name: str, error: str
) -> None:
    User.objects.create_user("coco")
    assert error in sign_up(name)
    assert User.objects.count() == 2


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ("ada", "This user name is taken."),
        ("ADA", "This user name is taken."),
        ("аԁа", "This user name looks like one that is taken."),  # Cyrillic only.
    ],
)
def test_of_two_that_sign_up_at_once_one_gets_the_name(
    db: None, settings: Settings, other: str, error: str
) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.SlowHasher"]
    SlowHasher.meanwhile.append(lambda: sign_up(other))
    assert error in sign_up("ada")
    assert [user.username for user in User.objects.all()] == [other]


@pytest.mark.django_db(transaction=True)
def test_of_four_look_alikes_that_are_saved_at_once_one_is(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.SlowHasher"]
    names = ["lo1", "l0l", "1ol", "10l"]
    together = Barrier(len(names))
    SlowHasher.meanwhile += [lambda: together.wait(timeout=30)] * len(names)

    def send(name: str) -> str:
        try:
            return sign_up(name)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(names)) as threads:
        errors = list(threads.map(send, names))
    assert errors.count("") == User.objects.count() == 1


@pytest.mark.parametrize(
    "name",
    [
        "Сара",
        "José",
        "山田たろうtaro",
        "김철수",
        "コーヒー",
        "らーめん",
        "علی۱۲",
        "ada.lovelace-1+x_",
    ],
)
def test_names_of_any_language_are_accepted(db: None, name: str) -> None:
    assert sign_up(name) == ""
    assert User.objects.get().username == name


def test_a_name_is_stored_and_found_in_one_form(client: Client, db: None) -> None:
    assert sign_up("Ａｄａ") == ""
    assert User.objects.get().username == "Ada"
    client.post("/accounts/login/", {"login": "Ａｄａ", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)


@pytest.mark.parametrize("password", ["liverpoo", "Minntwin", "system design", "password"])
def test_common_passwords_are_refused_once(db: None, password: str) -> None:
    assert sign_up("ada", password).count("This password is too common.") == 1
    assert not User.objects.exists()
