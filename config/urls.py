"""Every address. Each app names its own; what other packages bring is declared in accounts/policy.py."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from config import metrics, views, views_data, views_operation, views_protection

urlpatterns = [
    path("", include("assistant.urls")),
    path("", include("knowledge.urls")),
    path("", include("ingest.urls")),
    path("", include("accounts.urls")),
    path("health/", views.health, name="health"),
    path("metrics", metrics.metrics, name="metrics"),
    path("insights/operation/", views_operation.operation_page, name="operation"),
    path("insights/operation/days.csv", views_operation.operation_csv, name="operation_csv"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("your-data/", views_data.your_data, name="your_data"),
    path("your-data/export/", views_data.your_data_export, name="your_data_export"),
    path("protection/", views_protection.protection, name="protection"),
    path("protection/proofs.csv", views_protection.protection_proofs, name="protection_proofs"),
    path(
        "protection/documents/<uuid:document_id>/back/",
        views_protection.protection_bring_back,
        name="protection_bring_back",
    ),
    path("protection/trail/", views_protection.protection_trail, name="protection_trail"),
    path("protection/trail.csv", views_protection.protection_trail_csv, name="protection_trail_csv"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler429 = "accounts.slowing.too_many_requests"  # called by allauth
