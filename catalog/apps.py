from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from catalog import catalog_version, queues
        from playbook.signals import database_restored

        queues.register_all()
        post_migrate.connect(
            catalog_version.install, sender=self, dispatch_uid="catalog.catalog_version"
        )
        database_restored.connect(catalog_version.replace, dispatch_uid="catalog.catalog_version")
