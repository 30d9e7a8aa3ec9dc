"""A site in which somebody forgot to say who a view is for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import urlpatterns as declared


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse("everything")


urlpatterns = [*declared, path("forgotten/", forgotten, name="forgotten")]
