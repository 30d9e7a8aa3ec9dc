"""The administration pages: their places in the side bar, their colours, and what their scripts need."""

from __future__ import annotations

from typing import Any

from csp.constants import UNSAFE_EVAL
from django.http import HttpRequest, HttpResponseBase
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.deprecation import MiddlewareMixin


def stylesheet(request: HttpRequest) -> str:
    return static("administration/colours.css")


def no_inline_colours(request: HttpRequest) -> dict[str, Any]:
    """Unfold would write colours into a <style> element, which the content policy forbids; the stylesheet has them."""
    return {}


def _place(title: str, icon: str, page: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(page)}


PLACES = [
    {
        "title": "Documents",
        "items": [
            _place("Collections and readers", "folder_open", "admin:knowledge_collection_changelist"),
            _place("Documents", "description", "admin:knowledge_document_changelist"),
            _place("Versions", "history", "admin:knowledge_documentversion_changelist"),
            _place("Reading jobs", "hourglass_top", "admin:ingest_ingestjob_changelist"),
            _place("Set aside", "report", "admin:ingest_setaside_changelist"),
            _place("Checks of the store", "rule", "admin:knowledge_storecheck_changelist"),
        ],
    },
    {
        "title": "People",
        "items": [
            _place("People", "person", "admin:accounts_user_changelist"),
            _place("Groups", "group", "admin:auth_group_changelist"),
            _place("Tokens of programs", "key", "admin:accounts_apitoken_changelist"),
            _place("Failed sign-ins", "lock", "admin:axes_accessattempt_changelist"),
            _place("Second factors", "shield_lock", "admin:mfa_authenticator_changelist"),
            _place("Audit trail", "receipt_long", "admin:accounts_auditevent_changelist"),
            _place("Data protection", "policy", "protection"),
            _place("Permission proof", "policy", "permission"),
        ],
    },
    {
        "title": "Answers",
        "items": [
            _place("Answers in numbers", "monitoring", "admin:assistant_answer_changelist"),
            _place("Feedback", "thumbs_up_down", "admin:assistant_feedback_changelist"),
            _place("What is reviewed", "rule_settings", "review_policy"),
            _place("Verdicts", "fact_check", "admin:assistant_review_changelist"),
            _place("Test questions", "quiz", "admin:assistant_evalcase_changelist"),
            _place("Measurements", "speed", "admin:assistant_evalrun_changelist"),
            _place("Evaluation", "balance", "evaluation"),
            _place("When to stay silent", "volume_off", "abstention"),
            _place("Calibrations", "tune", "admin:assistant_calibration_changelist"),
        ],
    },
    {
        "title": "Language models",
        "items": [
            _place("Models in order", "smart_toy", "admin:assistant_modelendpoint_changelist"),
            _place("Budgets", "savings", "admin:assistant_modelbudget_changelist"),
            _place("Use and cost per day", "payments", "admin:assistant_modelspending_changelist"),
        ],
    },
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Footnote administration",
    "SITE_HEADER": "Footnote",
    "SITE_URL": "/",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "COLORS": no_inline_colours,
    "STYLES": [stylesheet],
    "SIDEBAR": {"show_search": True, "show_all_applications": False, "navigation": PLACES},
}


class AdministrationPolicy(MiddlewareMixin):
    """The administration's own scripts (Alpine) build functions from text, so these pages alone may do that."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        match = request.resolver_match
        if match is not None and match.app_name == "admin":
            response._csp_update = {"script-src": [UNSAFE_EVAL]}  # type: ignore[attr-defined]  # read by django-csp
        return response
