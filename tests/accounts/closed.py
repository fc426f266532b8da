from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAdapter(DefaultAccountAdapter):
    """As an operator writes it who wants no new accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
