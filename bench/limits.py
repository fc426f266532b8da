"""The limit of the server: the same request handling around a view that does nothing.

Like every page, each view looks at the user, which reads the session if the request has a cookie.
The protection against forged forms is left out, because it is the work of the product.
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
    captured = Captured.read(CAPTURED, name)
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
