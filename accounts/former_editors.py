"""Delete an account without its name, and keep what its owner did for others under a pseudonym.

What an account owns is deleted with it. What it did to the catalogue stays true: versions,
revisions and the log of the admin then belong to "former editor 12", an account that nobody can
sign in to.
"""

from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import ForeignKey, Q, QuerySet
from django.db.models.deletion import SET_NULL
from django.db.models.signals import pre_delete
from django.utils.module_loading import import_string

from accounts.models import User

NAME = "former editor "
"""No name that can be signed up begins like this, because it has a space."""
ERASED = "deleted account"
BATCH = 2000


def erase_name(sender: type[User], instance: User, **kwargs: object) -> None:
    """Run before an account is deleted, wherever it is deleted."""
    erase_from_log(instance)
    end_sessions(instance)
    if not instance.username.startswith(NAME):
        hand_over(instance)


def erase_from_log(user: User) -> None:
    """Remove the account's name and addresses from the admin's log."""
    addresses = EmailAddress.objects.filter(user=user).values_list("pk", flat=True)
    types = ContentType.objects.get_for_models(User, EmailAddress)
    is_about = Q(content_type=types[User], object_id=str(user.pk)) | Q(
        content_type=types[EmailAddress], object_id__in=[str(pk) for pk in addresses]
    )
    LogEntry.objects.filter(is_about).update(object_repr=ERASED, change_message="")


def end_sessions(user: User) -> None:
    """Delete the sessions of the account in all browsers. Their text names it by its key."""
    store = import_string(f"{settings.SESSION_ENGINE}.SessionStore")()
    rows = Session.objects.values_list("session_key", "session_data")
    keys = [
        key
        for key, data in rows.iterator(chunk_size=BATCH)
        if store.decode(data).get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(session_key__in=keys).delete()


def hand_over(user: User) -> None:
    """Give what the account did to others' data to a new account without a name or a password."""
    named = [(rows, name) for rows, name in rows_by(user) if rows.exists()]
    if not named:
        return
    former = User(username=f"{NAME}{user.pk}", is_active=False)
    former.set_unusable_password()
    former.save()
    for rows, name in named:
        rows.update(**{name: former})


def rows_by(user: User) -> Iterator[tuple[QuerySet[Any], str]]:
    """Yield what names the account as an actor: what stays without it, and the admin's log."""
    for relation in User._meta.get_fields(include_hidden=True):
        field = getattr(relation, "field", None)
        if not isinstance(field, ForeignKey) or field.related_model is not User:
            continue
        is_log = field.model is LogEntry
        if is_log or field.remote_field.on_delete is SET_NULL:
            yield field.model._base_manager.filter(**{field.name: user}), field.name


def connect() -> None:
    pre_delete.connect(erase_name, sender=User, dispatch_uid="accounts.erase_name")
