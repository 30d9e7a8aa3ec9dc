"""The permission proof: canaries that nobody meets, probes that nobody is, and an alarm that cannot be missed."""

from __future__ import annotations

import json
from io import StringIO
from types import SimpleNamespace

import pytest
from django.contrib.auth.backends import ModelBackend
from django.core import mail
from django.core.management import call_command
from django.db.models import Q
from django.test import Client
from django.utils import timezone
from pytest import MonkeyPatch
from pytest_django import Settings

from accounts import tokens
from accounts.models import AuditEvent, User
from knowledge import access, models, scope
from knowledge.models import Collection, Document, DocumentVersion, Grant, Passage, ProbeRun
from knowledge.proof import alarm, expected, probing
from knowledge.proof.probing import run_probe
from knowledge.search import search
from knowledge.tasks import probe as task
from knowledge.verification import verify
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db
State = ProbeRun.State


@pytest.fixture
def board(people: SimpleNamespace) -> Collection:
    """Beside the team's, a second collection, so that each of the probes holds a grant."""
    found = Collection.objects.create(name="Board", slug="board")
    Grant.objects.create(collection=found, user=people.alice, role=Grant.Role.CURATOR)
    return found


def words() -> list[str]:
    texts = Passage.objects.filter(version__document__canary=True).values_list("text", flat=True)
    return [text.split()[0] for text in texts]


def test_two_canaries_in_each_collection_and_nothing_leaks(team: Collection, board: Collection) -> None:
    run = run_probe()
    assert (run.state, run.leaks, run.missed, run.canaries) == (State.CLEAN, [], [], 4)
    assert run.questions == 3 * 4
    assert run_probe().canaries == 4  # kept, not made again
    assert not alarm.standing().kind
    assert len(set(words())) == 4
    assert verify().differences == []


def test_everyone_is_everyone_and_a_narrowed_canary_stays_narrowed(team: Collection, board: Collection) -> None:
    run_probe()
    Grant.objects.create(collection=team, everyone=True)
    run = run_probe()
    assert run.state == State.CLEAN
    nobody = User.everybody.get(username__contains="without grants")
    [open_one] = expected.expected([nobody])[nobody.pk]
    assert not Document.objects.get(pk=open_one).restricted


def test_no_person_meets_a_canary(
    team: Collection, board: Collection, people: SimpleNamespace, client_for: ClientFor, make_document: MakeDocument
) -> None:
    make_document(team, "note.md", "The pump stands in the cellar of the depot.", by=people.alice)
    run_probe()
    canary = Document.objects.filter(canary=True, collection=team).first()
    assert canary is not None
    for person in User.objects.all():
        assert not Document.objects.visible_to(person).filter(canary=True).exists()
        for word in words():
            assert not [e for e in search(f"What is {word}?", person).evidence if word in e.text]
    ada, alice = client_for(people.ada), client_for(people.alice)
    pages = ("documents/{}/", "documents/{}/v/1/p/1/", "permission/document/{}/")
    for browser in (ada, alice):
        for page in (f"/{page.format(canary.pk)}" for page in pages):
            assert browser.get(page).status_code == 404
        assert "Canary" not in browser.get("/documents/").content.decode()
    assert alice.post(f"/documents/{canary.pk}/delete/").status_code == 404
    for place in ("knowledge/document", "knowledge/documentversion", "knowledge/collection", "accounts/user"):
        shown = ada.get(f"/admin/{place}/").content.decode()
        assert "anary" not in shown and "permission probe" not in shown
    shown = ada.get(f"/admin/knowledge/collection/{team.pk}/change/").content.decode()
    assert "permission probe" not in shown


def test_a_canary_moves_no_score(team: Collection, people: SimpleNamespace, make_document: MakeDocument) -> None:
    make_document(team, "note.md", "The pump stands in the cellar of the depot.", by=people.alice)

    def told() -> list[tuple[str, float, float, float]]:
        return [(e.text, e.score, e.dense, e.lexical) for e in search("Where is the pump?", people.bob).evidence]

    before = told()
    assert before
    run_probe()
    assert told() == before


def test_the_probes_are_nobody(team: Collection, people: SimpleNamespace, client_for: ClientFor) -> None:
    run_probe()
    probe = User.everybody.filter(synthetic=True).first()
    assert probe is not None
    assert User.everybody.filter(synthetic=True).count() == 3
    assert not User.objects.filter(synthetic=True).exists()
    assert (probe.role, probe.is_staff, probe.is_superuser) == ("", False, False)
    assert not probe.is_reviewer and not probe.is_administrator and not probe.has_usable_password()
    User.everybody.filter(pk=probe.pk).update(password=people.bob.password, email="probe@example.org")
    for name in (probe.username, "probe@example.org"):
        assert Client().post("/accounts/login/", {"login": name, "password": "a long test password"}).status_code != 302
    assert ModelBackend().authenticate(None, username=probe.username, password="a long test password") is None
    browser = client_for(probe)  # even a session made for one
    assert browser.get("/documents/")["Location"].startswith("/accounts/login/")
    _, secret = tokens.create(probe, "a token", by=people.ada)
    assert tokens.authenticate(secret) is None


def open_everything(monkeypatch: MonkeyPatch) -> None:
    """As if somebody had lost the grants from the rule."""

    def broken(user: object, path: str = "") -> Q:
        return Q(**{f"{path}__canary" if path else "canary": getattr(user, "synthetic", False)})

    monkeypatch.setattr(access, "visible_documents", broken)


def test_a_broken_rule_raises_the_alarm(
    team: Collection,
    board: Collection,
    people: SimpleNamespace,
    client_for: ClientFor,
    monkeypatch: MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert run_probe().state == State.CLEAN
    open_everything(monkeypatch)
    scope._held.clear()
    with pytest.raises(SystemExit) as ended:
        call_command("probe", "--json", stdout=(out := StringIO()))
    assert ended.value.code == 1
    told = json.loads(out.getvalue())
    assert told["state"] == "leak"
    assert {row["door"] for row in told["leaks"]} >= {"documents", "pages", "passages", "versions", "remembered"}
    assert "permission.leak" in caplog.text
    assert AuditEvent.objects.filter(action="permission.leak").count() == 1
    assert [message.to for message in mail.outbox] == [["ada@example.org"]]
    assert not [word for word in words() if word in mail.outbox[0].body + caplog.text]

    assert task() == "leak"  # the next run of the scheduler says the same in the log, not in another mail
    assert len(mail.outbox) == 1
    monkeypatch.undo()
    scope._held.clear()
    assert run_probe().state == State.CLEAN
    ada = client_for(people.ada)
    for page in ("/", "/permission/", "/admin/"):
        assert "A permission leak was found" in ada.get(page).content.decode(), page
    assert "leak was found" not in client_for(people.rita).get("/").content.decode()
    ada.post("/permission/settle/")
    assert "leak was found" not in ada.get("/permission/").content.decode()
    assert AuditEvent.objects.filter(action="permission.settled", actor_id=people.ada.pk).count() == 2


def test_a_remembered_set_of_somebody_else_is_found(
    team: Collection, board: Collection, monkeypatch: MonkeyPatch
) -> None:
    """The rule holds, but what is remembered is another's."""
    run_probe()
    everything = Document.objects.filter(canary=True).values_list("current_id", flat=True)
    before = scope.fresh_scope

    def anybodys(user: User) -> scope.Scope:
        found = before(user)
        return scope.Scope(scope._shared(scope.np.sort(scope.np.array(everything))), *[
            getattr(found, name) for name in ("collections", "replaced", "languages")
        ])  # fmt: skip

    monkeypatch.setattr(probing, "visible_scope", anybodys)
    run = run_probe()
    assert run.state == State.LEAK
    assert {row["door"] for row in run.leaks} == {"remembered"}


def test_a_probe_that_sees_nothing_says_so(
    team: Collection, board: Collection, people: SimpleNamespace, client_for: ClientFor, monkeypatch: MonkeyPatch
) -> None:
    run_probe()
    monkeypatch.setattr(access, "visible_documents", lambda user, path="": Q(pk__in=[]))
    scope._held.clear()
    run = run_probe()
    assert (run.state, run.leaks) == (State.BLIND, [])
    assert alarm.standing().kind == "fair"
    assert len(mail.outbox) == 1


def test_a_probe_that_cannot_run_says_so(team: Collection, settings: Settings) -> None:
    settings.EMBEDDING_MODEL = "/nowhere/at/all"
    run = run_probe()
    assert (run.state, run.error) == (State.FAILED, "SearchUnavailable")
    assert alarm.standing().kind == "fair"


def test_a_proof_that_stopped_running_is_seen(team: Collection, settings: Settings) -> None:
    run = run_probe()
    assert not alarm.standing().kind
    long_ago = timezone.now() - 5 * timezone.timedelta(seconds=settings.PROBE_SECONDS)
    ProbeRun.objects.filter(pk=run.pk).update(started=long_ago, finished=long_ago)
    assert not alarm.standing().kind  # the collection is younger than that
    Collection.objects.update(created=long_ago)
    assert alarm.standing().title == "The permission proof is not running"
    assert "probe" in settings.CELERY_BEAT_SCHEDULE


def test_grants_that_change_meanwhile_are_no_leak(
    team: Collection, board: Collection, monkeypatch: MonkeyPatch
) -> None:
    """The probe reads the grants, then somebody opens the collection, then it looks."""
    run_probe()
    seen = probing.expected
    opened: list[Grant] = []

    def then_opened(probes: list[User]) -> dict[int, set[object]]:
        found = seen(probes)
        if not opened:
            opened.append(Grant.objects.create(collection=team, everyone=True))
        return found  # type: ignore[return-value]

    monkeypatch.setattr(probing, "expected", then_opened)
    assert run_probe().state == State.CLEAN
    assert opened


def test_canaries_are_made_anew_and_go_with_their_collection(
    team: Collection, board: Collection, people: SimpleNamespace, client_for: ClientFor
) -> None:
    run_probe()
    Passage.objects.filter(version__document__canary=True, version__document__collection=team).update(model_id="old")
    Document.objects.filter(canary=True, collection=board, restricted=True).update(deleted=timezone.now())
    old = set(words())
    assert run_probe().state == State.CLEAN
    assert len(set(words()) - old) == 3
    ada = client_for(people.ada)
    assert ada.post(f"/admin/knowledge/collection/{board.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Collection.objects.filter(pk=board.pk).exists()
    assert DocumentVersion.objects.count() == 2
    assert run_probe().canaries == 2


def test_a_collection_with_documents_is_not_removed(
    team: Collection, people: SimpleNamespace, client_for: ClientFor, make_document: MakeDocument
) -> None:
    make_document(team, "note.md", "The pump stands in the cellar of the depot.", by=people.alice)
    run_probe()
    client_for(people.ada).post(f"/admin/knowledge/collection/{team.pk}/delete/", {"post": "yes"})
    assert Document.objects.filter(collection=team).count() == 3
    assert models.Collection.objects.filter(pk=team.pk).exists()
