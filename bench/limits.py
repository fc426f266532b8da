"""The limit of the server: the same request handling around a view that does nothing.

Each view asks who the reader is, as every page does, so that session and user are read where the
request brings a cookie. Telling a form from a forged one is the product's work, not the limit's.
"""

from functools import cache

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.csrf import csrf_exempt

from bench.captured import Captured
from bench.models import Write
from bench.settings import CAPTURED


@cache
def constant(name: str) -> tuple[bytes, str, int]:
    captured = Captured.kept(CAPTURED, name)
    return captured.body.encode(), captured.content_type, captured.status


def answered(name: str) -> HttpResponse:
    body, content_type, status = constant(name)
    return HttpResponse(body, content_type, status)


def answer(request: HttpRequest, name: str) -> HttpResponse:
    _ = request.user.is_authenticated
    return answered(name)


@csrf_exempt
def write(request: HttpRequest, name: str) -> HttpResponse:
    with transaction.atomic():
        Write.objects.create(user_id=request.user.pk)
    return answered(name)


def unchanged(request: HttpRequest) -> HttpResponse:
    _ = request.user.is_authenticated
    return HttpResponseNotModified()
