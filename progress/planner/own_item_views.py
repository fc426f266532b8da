"""A learner's own items."""

from http import HTTPStatus
from uuid import UUID, uuid4

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from playbook.http import sign_in_required
from playbook.rendering.dependencies import TIME_ZONE
from playbook.rendering.pages import Viewed, personal_page
from progress.planner import saving
from progress.planner.forms import OwnItemAddForm, OwnItemForm
from progress.planner.models import OwnItem
from progress.responses import expect_reader
from progress.views import LearnerRequest

LIST = "planner:own_item_list"
DONE_ON_A_PAGE = 50


@require_safe
@sign_in_required
@personal_page("planner/own_item_list.html", depends_on=(TIME_ZONE,))
def own_item_list(request: LearnerRequest) -> Viewed:
    """Show what a learner added, to do first."""
    items = OwnItem.objects.for_user(request.user)
    done = Paginator(items.done(), DONE_ON_A_PAGE).get_page(request.GET.get("page"))
    return {"to_do": list(items.to_do()), "done": done, "page": done, "query": QueryDict()}


@require_http_methods(["GET", "HEAD", "POST"])
@sign_in_required
def own_item_add(request: LearnerRequest) -> HttpResponse:
    if request.method != "POST":
        return _form(request, OwnItemAddForm(initial={"operation": uuid4()}))
    expect_reader(request)
    form = OwnItemAddForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    values = {name: form.cleaned_data[name] for name in OwnItemForm.Meta.fields}
    try:
        saving.add_own_item(request.user, form.cleaned_data["operation"], values)
    except saving.TooManyItems:
        reason = _("You have as many items to do as the site keeps.")
        return render(request, "409.html", {"reason": reason}, status=HTTPStatus.CONFLICT)
    return redirect(LIST)


@require_http_methods(["GET", "HEAD", "POST"])
@sign_in_required
def own_item_edit(request: LearnerRequest, uuid: UUID) -> HttpResponse:
    item = item_or_404(request, uuid)
    if request.method != "POST":
        return _form(request, OwnItemForm(instance=item), item)
    expect_reader(request)
    form = OwnItemForm(request.POST, instance=item)
    if not form.is_valid():
        return _form(request, form, item, HTTPStatus.UNPROCESSABLE_ENTITY)
    saving.change_own_item(item, form.cleaned_data)
    return redirect(LIST)


@require_POST
@sign_in_required
def own_item_done_set(request: LearnerRequest, uuid: UUID) -> HttpResponse:
    """Mark an item as done, or as to do."""
    expect_reader(request)
    item = item_or_404(request, uuid)
    saving.set_own_item_done(item, is_done=request.POST.get("done") != "no")
    return redirect((request.POST.get("from") == "today" and "planner:today_detail") or LIST)


@require_POST
@sign_in_required
def own_item_delete(request: LearnerRequest, uuid: UUID) -> HttpResponse:
    expect_reader(request)
    saving.delete_own_item(item_or_404(request, uuid))
    return redirect(LIST)


def item_or_404(request: LearnerRequest, uuid: UUID) -> OwnItem:
    return get_object_or_404(OwnItem.objects.for_user(request.user), uuid=uuid)


def _form(
    request: LearnerRequest,
    form: OwnItemForm,
    item: OwnItem | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {"form": form, "item": item}
    return render(request, "planner/own_item_form.html", context, status=status)
