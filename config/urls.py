"""Every address. Each app names its own; what other packages bring is declared in accounts/policy.py."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from config import views

urlpatterns = [
    path("", include("assistant.urls")),
    path("", include("knowledge.urls")),
    path("", include("ingest.urls")),
    path("", include("accounts.urls")),
    path("health/", views.health, name="health"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler429 = "accounts.slowing.too_many_requests"  # called by allauth
