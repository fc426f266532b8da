from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PromptsConfig(AppConfig):
    name = "catalog.prompts"
    label = "prompts"
    verbose_name = _("Recall prompts")

    def ready(self) -> None:
        from catalog import catalog_version, shipped, snapshot
        from catalog.catalog_rows import PromptData
        from catalog.prompts import admin, receivers
        from catalog.prompts.models import Prompt
        from catalog.prompts.prompt_index import PromptIndex
        from catalog.prompts.shipped import load_prompts
        from catalog.stored_catalog import MODELS

        catalog_version.watch("prompts_prompt")
        MODELS[PromptData] = Prompt
        snapshot.read_ahead.append(PromptIndex.of)
        admin.register_table()
        shipped.register("prompts", load_prompts)
        receivers.connect()
