"""Every address × every kind of person against one table. An address that is not in the table fails the test."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings as product
from django.db import transaction
from django.test import Client
from django.urls import clear_url_caches
from pytest_django import Settings

from accounts.models import Notice, NoticeKind
from accounts.notices.telling import tell
from accounts.policy import UNDECLARED, check_every_route_declared, routes
from assistant.models import (
    Answer,
    Candidate,
    Citation,
    Conversation,
    EvaluationSet,
    Feedback,
    SetCase,
    SetRun,
    Share,
    Standing,
    Turn,
    VerifiedAnswer,
)
from assistant.reviewing.feeding import feed
from knowledge.models import Collection, Passage
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db

PEOPLE = ("anonymous", "charlie", "bob", "alice", "rita", "ada")
# How an address meets each of them, in that order: "ok" it opens, "in" to sign-in, "-" as if there were nothing.
ALL = "ok ok ok ok ok ok"
SIGNED_IN = "in ok ok ok ok ok"
CURATORS = "in - - ok - ok"
DOCUMENT_CURATORS = "in - - ok - -"  # on the document's page; administrators do it in the administration
REVIEWERS = "in - - - ok ok"
ADMINISTRATORS = "in - - - - ok"
READERS = "in - ok ok ok -"  # of the team's collection: managing it (ada) is not reading it
ASKER = "in - ok - - -"  # the conversation is Bob's
JUDGE = "in - - - ok -"  # reviewers who may read the sources
COLLEAGUE = "in - ok ok - -"  # Bob's conversation, shared with Alice
NOBODYS_TABLE = "in - - - - -"  # Bob's answer is no table
READER_OF_SHARED = "in - - ok - -"
ASKER_COLLEAGUE_AND_JUDGE = "in - ok ok ok -"
ASKER_AND_JUDGE = "in - ok - ok -"
NOTHING_YET = "in - - - - -"
NOBODY = "- - - - - -"

OWN = {
    "home": ("GET", SIGNED_IN),
    "ask": ("POST", SIGNED_IN),
    "conversations": ("GET", SIGNED_IN),
    "conversation": ("GET", ASKER),
    "conversation_rename": ("POST", ASKER),
    "conversation_delete": ("POST", ASKER),
    "conversation_share": ("GET", ASKER),
    "conversation_export": ("GET", ASKER),
    "answer_export": ("GET", ASKER),
    "shared_export": ("GET", READER_OF_SHARED),
    "mode": ("GET", SIGNED_IN),
    "answer_table": ("GET", NOBODYS_TABLE),
    "shared_with_me": ("GET", SIGNED_IN),
    "shared": ("GET", READER_OF_SHARED),
    "share_end": ("POST", COLLEAGUE),
    "turn_edit": ("POST", ASKER),
    "answer": ("GET", ASKER),
    "answer_events": ("GET", ASKER),
    "answer_stop": ("POST", ASKER),
    "answer_feedback": ("POST", ASKER),
    "answer_retry": ("POST", ASKER),
    "citation": ("GET", ASKER_COLLEAGUE_AND_JUDGE),
    "review": ("GET", REVIEWERS),
    "review_list": ("GET", REVIEWERS),
    "review_policy": ("GET", ADMINISTRATORS),
    "review_item": ("GET", JUDGE),
    "review_assign": ("POST", JUDGE),
    "review_case": ("POST", JUDGE),
    "review_correct": ("POST", JUDGE),
    "review_settle": ("POST", JUDGE),
    "verified": ("GET", REVIEWERS),
    "verified_withdraw": ("POST", JUDGE),
    "review_verdict": ("POST", JUDGE),
    "answer_record": ("GET", ASKER_AND_JUDGE),
    "answer_replay": ("POST", ASKER_AND_JUDGE),
    "model_card": ("GET", SIGNED_IN),
    "model_card_edit": ("GET", ADMINISTRATORS),
    "evaluation": ("GET", REVIEWERS),
    "evaluation_new": ("POST", ADMINISTRATORS),
    "evaluation_back": ("POST", ADMINISTRATORS),
    "candidate_new": ("GET", ADMINISTRATORS),
    "candidate_edit": ("GET", ADMINISTRATORS),
    "evaluation_case": ("GET", JUDGE),
    "evaluation_run": ("GET", REVIEWERS),
    "evaluation_stop": ("POST", ADMINISTRATORS),
    "evaluation_promote": ("POST", ADMINISTRATORS),
    "evaluation_set": ("GET", REVIEWERS),
    "evaluation_start": ("POST", ADMINISTRATORS),
    "insights": ("GET", ADMINISTRATORS),
    "insights_csv": ("GET", ADMINISTRATORS),
    "operation": ("GET", ADMINISTRATORS),
    "operation_csv": ("GET", ADMINISTRATORS),
    "metrics": ("GET", ALL),  # of this machine, where the tests are; see test_metrics.py
    "abstention": ("GET", ADMINISTRATORS),
    "documents": ("GET", SIGNED_IN),
    "document": ("GET", READERS),
    "document_answers": ("GET", READERS),
    "documents_change": ("POST", CURATORS),
    "checking": ("GET", CURATORS),
    "document_page": ("GET", READERS),
    "document_go": ("GET", READERS),
    "document_find": ("GET", READERS),
    "page_image": ("GET", READERS),
    "document_download": ("GET", READERS),
    "document_settings": ("POST", DOCUMENT_CURATORS),
    "document_delete": ("POST", DOCUMENT_CURATORS),
    "permission": ("GET", ADMINISTRATORS),
    "permission_settle": ("POST", ADMINISTRATORS),
    "permission_document": ("GET", ADMINISTRATORS),
    "permission_person": ("GET", ADMINISTRATORS),
    "permission_why": ("GET", ADMINISTRATORS),
    "upload": ("GET", CURATORS),
    "upload_file": ("POST", CURATORS),
    "upload_jobs": ("GET", CURATORS),
    "job_cancel": ("POST", CURATORS),
    "job_retry": ("POST", CURATORS),
    "sessions": ("GET", SIGNED_IN),
    "session_end": ("POST", NOTHING_YET),  # there is no session 0 of anybody
    "sessions_end_others": ("POST", SIGNED_IN),
    "gaps": ("GET", SIGNED_IN),
    "gap_settle": ("POST", NOTHING_YET),
    "again": ("GET", ASKER),
    "documents_due": ("GET", SIGNED_IN),
    "document_looked_at": ("POST", NOTHING_YET),  # nothing says what was found
    "upload_write": ("GET", CURATORS),
    "notices": ("GET", SIGNED_IN),
    "notices_read": ("POST", SIGNED_IN),
    "notice_choices": ("GET", SIGNED_IN),
    "notice": ("GET", ASKER),  # told to Bob
    "your_data": ("GET", SIGNED_IN),
    "your_data_export": ("POST", SIGNED_IN),
    "protection": ("GET", ADMINISTRATORS),
    "protection_proofs": ("GET", ADMINISTRATORS),
    "protection_bring_back": ("POST", ADMINISTRATORS),
    "protection_trail": ("GET", ADMINISTRATORS),
    "protection_trail_csv": ("GET", ADMINISTRATORS),
    "health": ("GET", ALL),
    "favicon": ("GET", ALL),
    "styleguide": ("GET", ADMINISTRATORS),
}
# Pages of allauth that are offered; all others of its addresses are nobody's.
SIGN_IN_PAGES = {
    "account_login": ALL,
    "account_logout": SIGNED_IN,
    "account_reset_password": ALL,
    "account_reset_password_done": ALL,
    "account_reset_password_from_key": ALL,
    "account_reset_password_from_key_done": ALL,
    "account_change_password": SIGNED_IN,
    "account_reauthenticate": SIGNED_IN,
    "mfa_authenticate": SIGNED_IN,  # opened by a sign-in that waits for its second factor
    "mfa_index": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_reauthenticate": SIGNED_IN,
    # Nobody here has set up a second factor.
    "mfa_deactivate_totp": NOTHING_YET,
    "mfa_view_recovery_codes": NOTHING_YET,
    "mfa_download_recovery_codes": NOTHING_YET,
    "socialaccount_login_cancelled": ALL,
    "socialaccount_login_error": ALL,
}
# Without a company sign-in there is nothing behind these, and nothing is what everybody finds.
WITHOUT_COMPANY = {"openid_connect_login": NOBODY, "openid_connect_callback": NOBODY}
# Of the administration: addresses that find nothing here even for those who may look.
FIND_NOTHING = {"admin/(?P<url>.*)$", "admin/r/<path:content_type_id>/<path:object_id>/"}


def expected(route: str, name: str) -> tuple[str, str] | None:
    """(method, row of the table) for an address; None when the table does not know it."""
    if name in OWN:
        return OWN[name]
    if route.startswith("admin/"):
        return "GET", NOTHING_YET if route in FIND_NOTHING else ADMINISTRATORS
    if route.startswith("accounts/"):
        return "GET", (SIGN_IN_PAGES | WITHOUT_COMPANY).get(name, NOBODY)
    return None


@pytest.fixture
def ids(make_document: MakeDocument, team: Collection, people: SimpleNamespace) -> dict[str, str]:
    """Real objects for the parts of addresses: Alice's document, and Bob's question answered from it."""
    path = Path(product.BASE_DIR) / "config" / "sample_company" / "files" / "everyone" / "tarn-200-quick-guide.pdf"
    document = make_document(team, path.name, path.read_bytes(), by=people.alice)
    assert document.current is not None
    passage = Passage.objects.filter(version=document.current).select_related("page").order_by("ordinal")[0]
    conversation = Conversation.objects.create(user=people.bob, title="The meter")
    turn = Turn.objects.create(conversation=conversation, question="How is the meter switched on?")
    answer = Answer.objects.create(
        turn=turn,
        state=Answer.State.COMPLETE,
        text=passage.text,
        sentences=[{"text": passage.text, "standing": Standing.SUPPORTED, "reason": "", "citations": [1]}],
        sentence_count=1,
        scope=[team.pk],
    )
    citation = Citation.objects.create(
        answer=answer,
        number=1,
        passage=passage,
        document=document,
        version=document.current,
        page=passage.page,
        start=passage.start,
        end=passage.end,
        quote=passage.text,
        quote_hash="",
    )
    Feedback.objects.create(answer=answer, user=people.bob, helpful=False)
    assert feed(answer.pk) is not None
    verified = VerifiedAnswer.objects.create(question=turn.question, kind="confirmed", answer=answer, by=people.rita)
    verified.sources.add(document)
    job = document.current.job  # type: ignore[attr-defined]  # the job's model is in the app above
    tell([people.bob], NoticeKind.GAP, "Look at this.", "/")
    share = Share.objects.create(conversation=conversation, user=people.alice)
    fixed = {"number": "1", "page": "1", "sentence": "0", "app_label": "accounts", "url": "nothing", "object_id": "1"}
    fixed["session_id"] = fixed["gap_id"] = "0"
    fixed |= {"name": "routes", "verified_id": str(verified.pk), "table": "days"}
    _evaluation(citation, people)
    fixed |= {"id": str(people.bob.pk), "content_type_id": "1", "provider_id": "company", "key": "summary"}
    fixed["uidb36"] = "1"
    found = {"conversation_id": conversation.pk, "turn_id": turn.pk, "answer_id": answer.pk, "pk": citation.pk}
    found |= {"document_id": document.pk, "job_id": job.pk, "share_id": share.pk, "person_id": people.bob.pk}
    found["notice_id"] = Notice.objects.get().pk
    return fixed | {name: str(value) for name, value in found.items()}


def _evaluation(citation: Citation, people: SimpleNamespace) -> None:
    """A set with one case from Alice's document, a run of it and a candidate, under the citation's number."""
    gold = [{"document": str(citation.document_id), "quote": citation.quote}]
    chosen = EvaluationSet.objects.create(name="routes", version=1)
    SetCase.objects.create(
        pk=citation.pk, set=chosen, key="one", since=1, question="How?", answerable=True, gold=gold,
        asked_as=people.rita,
    )
    SetRun.objects.create(pk=citation.pk, set=chosen, version=1, total=1)
    Candidate.objects.create(pk=citation.pk, name="routes")


def address(route: str, ids: dict[str, str]) -> str:
    filled = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda part: ids[part[1]], route)
    filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: ids[part[1]], filled)
    return "/" + filled.replace("^", "").replace("$", "").replace("\\", "")


def meets(browser: Client, method: str, url: str) -> tuple[str, int]:
    """What an address does, taken back afterwards: "in", "-" or "ok", and the status."""
    with transaction.atomic():
        response = browser.get(url) if method == "GET" else browser.post(url, {})
        if download := getattr(response, "file_to_stream", None):
            download.close()
        transaction.set_rollback(True)
    if response.status_code == 302 and response["Location"].startswith("/accounts/login/"):
        return "in", 302
    return ("-" if response.status_code == 404 else "ok"), response.status_code


@dataclass(frozen=True, slots=True)
class Deviation:
    person: str
    url: str
    expected: str
    found: str
    status: int


@pytest.mark.slow
def test_every_address_meets_everybody_as_the_table_says(
    ids: dict[str, str], people: SimpleNamespace, client_for: ClientFor
) -> None:
    browsers = {name: client_for(getattr(people, name)) if name != "anonymous" else Client() for name in PEOPLE}
    for browser in browsers.values():
        browser.raise_request_exception = False  # a page that breaks is a deviation like others
    undeclared, deviations, walked = [], [], 0
    for route, _view, name in routes():
        row = expected(route, name)
        if row is None:
            undeclared.append(route)
            continue
        method, code = row
        url = address(route, ids)
        for person, wanted in zip(PEOPLE, code.split(), strict=True):
            found, status = meets(browsers[person], method, url)
            walked += 1
            if found != wanted or status >= 500:
                deviations.append(Deviation(person, f"{method} {url}", wanted, found, status))
    assert not undeclared
    assert not deviations, "\n".join(map(str, deviations))
    assert walked > len(OWN) * len(PEOPLE)


def test_the_table_names_no_address_that_is_gone() -> None:
    names = {name for _route, _view, name in routes()}
    assert not (set(OWN) | set(SIGN_IN_PAGES)) - names


def without_token(page: bytes) -> bytes:
    """The form token is masked anew in every response, and the nonce of its scripts is new."""
    return re.sub(rb'[A-Za-z0-9]{64}|nonce="[^"]+"', b"", page)


def without_nonce(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: re.sub(r"'nonce-[^']+'", "", value) for name, value in headers.items()}


def test_hidden_and_non_existent_look_the_same(
    ids: dict[str, str], people: SimpleNamespace, client_for: ClientFor
) -> None:
    browser = client_for(people.charlie)
    for start, end in (("documents", ""), ("c", ""), ("answers", ""), ("answers", "events/")):
        name = {"documents": "document_id", "c": "conversation_id", "answers": "answer_id"}[start]
        hidden = browser.get(f"/{start}/{ids[name]}/{end}")
        nothing = browser.get(f"/{start}/{uuid.uuid4()}/{end}")
        assert hidden.status_code == nothing.status_code == 404
        assert without_token(hidden.content) == without_token(nothing.content)
        assert without_nonce(hidden.headers) == without_nonce(nothing.headers)


def test_unsafe_requests_without_a_token_are_refused(ids: dict[str, str], people: SimpleNamespace) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people.ada, backend="django.contrib.auth.backends.ModelBackend")
    for route, _view, name in routes():
        if OWN.get(name, ("GET", ""))[0] == "POST":
            assert browser.post(address(route, ids), {}).status_code == 403, route


def test_a_view_nobody_declared_is_refused_and_listed(
    settings: Settings, people: SimpleNamespace, client_for: ClientFor
) -> None:
    settings.ROOT_URLCONF = "tests.config.undeclared_urls"
    clear_url_caches()
    try:
        assert [message.id for message in check_every_route_declared()] == [UNDECLARED]
        for person in (people.charlie, people.ada):
            assert client_for(person).get("/forgotten/").status_code == 404
        assert Client().get("/forgotten/").status_code == 404
    finally:
        clear_url_caches()


def test_an_htmx_request_is_sent_to_sign_in_as_a_whole_page(people: SimpleNamespace) -> None:
    response = Client().get("/conversations/", headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response["HX-Redirect"].startswith("/accounts/login/")


def test_after_signing_in_people_are_where_they_wanted_to_be(people: SimpleNamespace) -> None:
    assert Client().get("/documents/?q=leave")["Location"] == "/accounts/login/?next=/documents/%3Fq%3Dleave"
    assert Client().post("/ask/", {"question": "?"})["Location"] == "/accounts/login/?next=/"


def test_administrators_manage_without_reading(
    ids: dict[str, str], people: SimpleNamespace, client_for: ClientFor
) -> None:
    """Walks the administration and looks for words of the document, the question and the answer."""
    browser = client_for(people.ada)
    words = Passage.objects.order_by("-ordinal")[0].text.split()
    snippets = [" ".join(words[n : n + 4]) for n in range(0, min(len(words), 24), 4)]
    secrets = [*snippets, "How is the meter switched on", "The meter"]
    answer, document = ids["answer_id"], ids["document_id"]
    pages = [address(route, ids) for route, _v, name in routes() if route.startswith("admin/") and "changelist" in name]
    pages += ["/admin/", f"/admin/assistant/answer/{answer}/change/", f"/admin/knowledge/document/{document}/change/"]
    for page in pages:
        response = browser.get(page)
        assert response.status_code == 200, page
        shown = " ".join(response.content.decode().split())
        assert not [secret for secret in secrets if secret in shown], page
