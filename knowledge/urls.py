from django.urls import path

from knowledge import views, views_due, views_find, views_permission

_PAGE = "documents/<uuid:document_id>/v/<int:number>/p/<int:page>/"
_PERMISSION = "permission/document/<uuid:document_id>/"

urlpatterns = [
    path("documents/", views.documents, name="documents"),
    path("documents/change/", views.documents_change, name="documents_change"),
    path("documents/due/", views_due.documents_due, name="documents_due"),
    path("documents/<uuid:document_id>/looked-at/", views_due.document_looked_at, name="document_looked_at"),
    path("documents/checking/", views.checking, name="checking"),
    path("documents/<uuid:document_id>/", views.document, name="document"),
    path("documents/<uuid:document_id>/settings/", views.document_settings, name="document_settings"),
    path("documents/<uuid:document_id>/delete/", views.document_delete, name="document_delete"),
    path("documents/<uuid:document_id>/v/<int:number>/download/", views.document_download, name="document_download"),
    path("documents/<uuid:document_id>/v/<int:number>/go/", views_find.document_go, name="document_go"),
    path("documents/<uuid:document_id>/v/<int:number>/find/", views_find.document_find, name="document_find"),
    path(_PAGE, views.document_page, name="document_page"),
    path(f"{_PAGE}image.png", views.page_picture, name="page_image"),
    path("permission/", views_permission.permission, name="permission"),
    path("permission/settle/", views_permission.permission_settle, name="permission_settle"),
    path("permission/people/<int:person_id>/", views_permission.permission_person, name="permission_person"),
    path(_PERMISSION, views_permission.permission_document, name="permission_document"),
    path(f"{_PERMISSION}people/<int:person_id>/", views_permission.permission_why, name="permission_why"),
]
