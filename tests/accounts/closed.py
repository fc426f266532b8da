from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAdapter(DefaultAccountAdapter):
    """An account adapter of an operator who wants no new accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
