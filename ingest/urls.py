"""Addresses of the upload page."""

from __future__ import annotations

from django.urls import path

from ingest import views, views_writing

urlpatterns = [
    path("upload/", views.upload, name="upload"),
    path("upload/write/", views_writing.upload_write, name="upload_write"),
    path("upload/files/", views.upload_file, name="upload_file"),
    path("upload/jobs/", views.upload_jobs, name="upload_jobs"),
    path("upload/jobs/<uuid:job_id>/cancel/", views.job_cancel, name="job_cancel"),
    path("upload/jobs/<uuid:job_id>/retry/", views.job_retry, name="job_retry"),
]
