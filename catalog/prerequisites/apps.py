from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrerequisitesConfig(AppConfig):
    name = "catalog.prerequisites"
    label = "prerequisites"
    verbose_name = _("Prerequisites")

    def ready(self) -> None:
        from catalog import catalog_version, snapshot
        from catalog.prerequisites.prerequisite_index import PrerequisiteIndex

        catalog_version.watch("prerequisites_prerequisite")
        snapshot.read_ahead.append(PrerequisiteIndex.of)
