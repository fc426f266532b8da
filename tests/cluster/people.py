"""Create learners and an editor who are signed in: checking a password would take a second."""

import json
from dataclasses import dataclass

from tests.cluster.browser import Browser
from tests.cluster.cluster import Cluster

LEARNERS = 80

SIGN_IN = """
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth.models import Group
from accounts.models import User
from catalog.models import Article

def session(user):
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store["_auth_user_id"] = str(user.pk)
    store["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    store["_auth_user_hash"] = user.get_session_auth_hash()
    store.create()
    return store.session_key

users = [User.objects.create_user(f"learner-{number}") for number in range(COUNT)]
editor = User.objects.create_user("editor", is_staff=True, is_superuser=True)
print(json.dumps({
    "learners": [(user.pk, user.username, [session(user), session(user)]) for user in users],
    "editor": session(editor),
    "articles": {str(article.uuid): article.slug for article in Article.objects.public()},
}))
"""


@dataclass(frozen=True)
class Learner:
    """A learner who is signed in in two browsers."""

    pk: int
    name: str
    sessions: tuple[str, str]


@dataclass
class People:
    learners: list[Learner]
    editor: str
    articles: dict[str, str]
    """The slug of each public article, by UUID."""

    def some(self, count: int) -> list[Learner]:
        """Return learners whom no test has used yet."""
        chosen, self.learners = self.learners[:count], self.learners[count:]
        assert len(chosen) == count
        return chosen


def sign_in(cluster: Cluster) -> People:
    program = SIGN_IN.replace("COUNT", str(LEARNERS))
    created = json.loads(cluster.manage("first", "shell", "--verbosity=0", "-c", program))
    learners = [Learner(pk, name, tuple(keys)) for pk, name, keys in created["learners"]]
    return People(learners, created["editor"], created["articles"])


def browser(port: int, session: str = "") -> Browser:
    return Browser(port, {"sessionid": session} if session else {})
