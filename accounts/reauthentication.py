"""Ask for the password again before something that would let a stolen session keep the account."""

from collections.abc import Callable
from functools import wraps
from typing import TypeAlias
from urllib.parse import urlencode

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

View: TypeAlias = Callable[..., HttpResponse]


def password_required(view: View, *, back_to: str = "") -> View:
    """Send a user who did not enter their password in the last minutes to enter it, and back.

    Back is the address they asked for, or the view of the name `back_to`. The form they sent is not
    repeated then: somebody with a stolen session could send one, and the owner's password for
    something else would confirm it.
    """
    checked = reauthentication_required(app="allauth.account")(view)

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            response: HttpResponse = checked(request, *args, **kwargs)
        except ReauthenticationRequired:
            target = reverse(back_to) if back_to else request.get_full_path()
            query = urlencode({"next": target})
            return redirect(f"{reverse('account_reauthenticate')}?{query}")
        return response

    return wrapped
