from allauth.account.apps import AccountConfig
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    default = True
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from accounts import former_editors, sessions

        former_editors.connect()
        sessions.connect()


class EmailAddressesConfig(AccountConfig):
    """The app of allauth under a different name, because Accounts is ours."""

    verbose_name = _("E-mail addresses")
