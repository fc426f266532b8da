from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "catalog.cases"
    label = "cases"
    verbose_name = _("Practice cases")

    def ready(self) -> None:
        from catalog import catalog_version, shipped, snapshot
        from catalog.cases.case_index import CaseIndex
        from catalog.cases.models import Case
        from catalog.cases.shipped import load_cases
        from catalog.catalog_rows import CaseData
        from catalog.stored_catalog import MODELS

        catalog_version.watch("cases_case")
        MODELS[CaseData] = Case
        snapshot.read_ahead.append(CaseIndex.of)
        shipped.register("cases", load_cases)
