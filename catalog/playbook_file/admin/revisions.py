"""The admin of revisions: upload a file, preview, decide, apply, undo, compare and export."""

from typing import cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog import catalog_version
from catalog.models import Article
from catalog.playbook_file.admin.pages import page_of
from catalog.playbook_file.forms import CompareForm, DecisionsForm, FileForm
from catalog.playbook_file.matching.decisions import Undecidable
from catalog.playbook_file.models import Revision
from catalog.playbook_file.querysets import RevisionQuerySet
from catalog.playbook_file.reading.decoding import SIZE_MAX
from catalog.playbook_file.reading.file_parser import read
from catalog.playbook_file.reading.parsed_file import Note, Unreadable
from catalog.playbook_file.revisions import preview
from catalog.playbook_file.revisions.applying import AlreadyApplied, CatalogueChanged, apply
from catalog.playbook_file.revisions.changed_rows import CatalogDiff
from catalog.playbook_file.revisions.deciding import decide_all
from catalog.playbook_file.revisions.diff import difference
from catalog.playbook_file.revisions.later_changes import later_changes
from catalog.playbook_file.revisions.planning import plan, prepare, prepare_undo
from catalog.playbook_file.writing.formats import FORMAT_LABELS, FORMATS, write
from catalog.stored_catalog import stored
from playbook.server.bodies import MEBIBYTE, takes_up_to

DECISIONS = ("question-", "placement-")
"""The prefixes of the field names of `DecisionsForm`."""
LARGE = 1_000
"""With more changed articles than this, applying takes seconds."""


def _comparison(request: HttpRequest, diff: CatalogDiff) -> dict[str, object]:
    return {"difference": diff, "comparison": page_of(request, diff)}


@admin.register(Revision)
class RevisionAdmin(admin.ModelAdmin[Revision]):
    list_display = ("__str__", "made_by", "applied_at", "summary")
    list_select_related = ("made_by",)
    actions = None

    def get_queryset(self, request: HttpRequest) -> RevisionQuerySet:
        return cast(RevisionQuerySet, super().get_queryset(request)).without_contents()

    @admin.display(description=gettext_lazy("changes"))
    def summary(self, revision: Revision) -> str:
        if revision.applied_at is None:
            return _("not applied")
        return str(revision.plan.get("summary", ""))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("export/<slug:name>/", view(self.export), name="playbook_file_export"),
            path("compare/", view(self.compare), name="playbook_file_compare"),
            path(
                "<int:pk>/as-learner/<path:rest>",
                view(self.try_revision),
                name="playbook_file_try_revision",
            ),
            path(
                "<int:pk>/as-learner/", view(self.try_revision), name="playbook_file_try_revision"
            ),
            path(
                "article/<int:pk>/as-learner/<path:rest>",
                view(self.try_article),
                name="playbook_file_try_article",
            ),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        can_compare = Revision.objects.applied().count() > 1
        context = {"formats": FORMAT_LABELS, "compare": CompareForm() if can_compare else None}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    # --- Import

    @takes_up_to(SIZE_MAX + MEBIBYTE)
    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        is_submitted = request.method == "POST"
        form = FileForm(request.POST, request.FILES) if is_submitted else FileForm()
        reasons: tuple[Note, ...] = ()
        if is_submitted and form.is_valid():
            revision = prepare(form.content, form.name, request.user)
            try:
                read(bytes(revision.file))
            except Unreadable as error:
                reasons = error.reasons
            else:
                revision.save()
                return HttpResponseRedirect(revision.get_absolute_url())
        context = {"title": _("Import a playbook file"), "form": form, "reasons": reasons}
        return self._page(request, "add", context)

    # --- Preview, decide, apply and undo

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            revision = Revision.objects.select_related("undoes").filter(pk=object_id).first()
        except ValueError as error:
            raise Http404 from error
        if revision is None:
            messages.warning(request, _("This revision no longer exists. It was discarded."))
            return HttpResponseRedirect(reverse("admin:playbook_file_revision_changelist"))
        if request.method == "POST":
            if not self.has_add_permission(request):
                raise PermissionDenied
            return self._change(request, revision)
        return self._show(request, revision)

    def _show(self, request: HttpRequest, revision: Revision) -> HttpResponse:
        if revision.applied_at:
            context = {
                "title": str(revision),
                "revision": revision,
                "learners": revision.plan["learners"],
                **_comparison(request, difference(revision.before, revision.after)),
            }
            return self._page(request, "revision", context)
        try:
            made = plan(revision)
        except Undecidable as error:
            # The catalogue or the questions have changed since the decision was made.
            messages.warning(request, str(error))
            revision.decisions = {}
            revision.save(update_fields=["decisions"])
            made = plan(revision)
        form = DecisionsForm(merge=made.merge, learners=made.learners)
        comparison = page_of(request, made.difference, len(made.merge.questions))
        context = {
            "title": _("Preview of %s") % revision,
            "revision": revision,
            "plan": made,
            "difference": made.difference,
            "comparison": comparison,
            "asked": form.asked(comparison.rows),
            "is_large": len(made.difference.articles) > LARGE,
            "learners": made.learners,
            "later": later_changes(revision, made.merge.before, made.difference),
            "form": form,
            "catalog_version": catalog_version.current(),
        }
        return self._page(request, "preview", context)

    def _change(self, request: HttpRequest, revision: Revision) -> HttpResponse:
        if "_undo" in request.POST and revision.applied_at:
            undoing = prepare_undo(revision, request.user)
            undoing.save()
            return HttpResponseRedirect(undoing.get_absolute_url())
        if "_discard" in request.POST and not revision.applied_at:
            revision.delete()
            messages.success(request, _("Revision discarded. Nothing has changed."))
            return HttpResponseRedirect(reverse("admin:playbook_file_revision_changelist"))
        is_bulk = "_decide_all" in request.POST
        if (is_bulk or "_decide" in request.POST) and not revision.applied_at:
            try:
                (self._decide_all if is_bulk else self._decide)(request, revision)
            except Undecidable as error:
                messages.error(request, str(error))
            # The same page of the preview.
            return HttpResponseRedirect(request.get_full_path())
        if "_apply" in request.POST:
            return self._apply(request, revision)
        return HttpResponseRedirect(revision.get_absolute_url())

    def _decide(self, request: HttpRequest, revision: Revision) -> bool:
        """Store the decisions; return whether the preview must be looked at again.

        Questions of other pages of the preview keep their decision.
        """
        if not any(name.startswith(DECISIONS) for name in request.POST):
            return False
        shown = plan(revision)
        form = DecisionsForm(request.POST, merge=shown.merge, learners=shown.learners)
        if not form.is_valid():
            messages.error(request, _("Select one of the choices. Nothing was decided."))
            return True
        if form.decisions == revision.decisions:
            return False
        revision.decisions = form.decisions
        revision.save(update_fields=["decisions"])
        messages.info(
            request, _("The preview shows your decisions now. Check it again before you apply it.")
        )
        return True

    def _decide_all(self, request: HttpRequest, revision: Revision) -> None:
        count = decide_all(revision, request.POST["_decide_all"])
        message = ngettext("%(count)d question decided.", "%(count)d questions decided.", count)
        messages.info(request, message % {"count": count})

    def _apply(self, request: HttpRequest, revision: Revision) -> HttpResponse:
        try:
            if not revision.applied_at and self._decide(request, revision):
                return HttpResponseRedirect(revision.get_absolute_url())
            revision.catalog_version = request.POST.get("catalog_version", "")
            made = apply(revision)
        except CatalogueChanged:
            messages.error(
                request,
                _(
                    "The catalogue was changed after you opened the preview. Nothing was applied. "
                    "This is what the file would change now."
                ),
            )
        except AlreadyApplied:
            messages.warning(
                request, _("This revision is already applied. It was not applied again.")
            )
        except Undecidable as error:
            messages.error(request, str(error))
        else:
            if not made.difference:
                messages.info(request, _("Already up to date. Nothing has changed."))
                return HttpResponseRedirect(reverse("admin:playbook_file_revision_changelist"))
            messages.success(request, _("Applied: %s") % made.summary)
        return HttpResponseRedirect(revision.get_absolute_url())

    # --- The site as learners would see it

    def try_revision(self, request: HttpRequest, pk: int, rest: str = "") -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        revision = get_object_or_404(Revision, pk=pk, applied_at=None)
        root = reverse("admin:playbook_file_try_revision", args=[pk])
        return preview.show(request, lambda: preview.with_revision(revision), root, rest)

    def try_article(self, request: HttpRequest, pk: int, rest: str) -> HttpResponse:
        if not request.user.has_perm("catalog.change_article"):
            raise PermissionDenied
        article = get_object_or_404(Article, pk=pk, merged_into=None)
        root = reverse("admin:playbook_file_try_article", args=[pk, "-"]).removesuffix("-")
        return preview.show(request, lambda: preview.with_published(article), root, rest)

    # --- Export and compare

    def export(self, request: HttpRequest, name: str) -> HttpResponse:
        """Send the whole catalogue as a file, drafts included."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if name not in FORMATS:
            raise Http404
        media_type, ending = FORMATS[name]
        response = HttpResponse(write(stored(), name), content_type=media_type)
        date = timezone.localdate().isoformat()
        response["Content-Disposition"] = f'attachment; filename="playbook-{date}.{ending}"'
        return response

    def compare(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = CompareForm(request.GET or None)
        context: dict[str, object] = {"title": _("Compare two revisions"), "form": form}
        if form.is_valid():
            applied = Revision.objects.applied()
            old = applied.filter(pk=form.cleaned_data["old"]).first()
            new = applied.filter(pk=form.cleaned_data["new"]).first()
            if old and new:
                context |= {
                    "old": old,
                    "new": new,
                    **_comparison(request, difference(old.after, new.after)),
                }
            else:
                form.add_error(None, _("There is no such revision, or it was never applied."))
        return self._page(request, "compare", context)

    def _page(self, request: HttpRequest, name: str, context: dict[str, object]) -> HttpResponse:
        base = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        template = f"admin/playbook_file/{name}.html"
        return TemplateResponse(request, template, {**base, **context})

    def has_change_permission(self, request: HttpRequest, obj: Revision | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Revision | None = None) -> bool:
        return False
