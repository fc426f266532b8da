from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrerequisitesConfig(AppConfig):
    name = "catalog.prerequisites"
    label = "prerequisites"
    verbose_name = _("Prerequisites")

    def ready(self) -> None:
        from catalog import catalog_version, shipped, snapshot
        from catalog.catalog_rows import PrerequisiteData
        from catalog.prerequisites import admin, receivers
        from catalog.prerequisites.models import Prerequisite
        from catalog.prerequisites.prerequisite_index import PrerequisiteIndex
        from catalog.prerequisites.shipped import load_prerequisites
        from catalog.stored_catalog import MODELS

        catalog_version.watch("prerequisites_prerequisite")
        MODELS[PrerequisiteData] = Prerequisite
        snapshot.read_ahead.append(PrerequisiteIndex.of)
        admin.register_table()
        shipped.register("prerequisites", load_prerequisites)
        receivers.connect()
