"""Retention takes away what is old and nothing else; administrators see the rules, the trail and what was changed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.utils import timezone
from pytest_django import Settings

from accounts import audit, chain
from accounts.models import AuditEvent, Erasure, Notice, User
from assistant.models import Answer, Conversation, Turn
from config import checks, retention, settings_trail, tasks
from config.backup import ledger, manifest
from config.backup.ageing import expire_in
from config.backup.ledger import Erased
from config.backup.manifest import Manifest, StoredFile
from config.backup.restoring import erase_again
from knowledge.documents import delete_document
from knowledge.models import Collection, Document, Grant
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db


def old(days: int) -> object:
    return timezone.now() - timedelta(days=days)


def test_old_conversations_go_and_young_and_running_ones_stay(people: SimpleNamespace, settings: Settings) -> None:
    kept = [Conversation.objects.create(user=people.bob, title=title) for title in ("old", "young", "running")]
    Answer.objects.create(turn=Turn.objects.create(conversation=kept[2], question="?"), state=Answer.State.RUNNING)
    Conversation.objects.filter(title__in=("old", "running")).update(updated=old(31))
    assert retention.apply() == {}, "without a rule nothing goes"
    settings.KEEP_CONVERSATIONS_DAYS = 30
    assert retention.apply() == {"conversations": 1}
    assert set(Conversation.objects.values_list("title", flat=True)) == {"young", "running"}
    lines = AuditEvent.objects.filter(action__in=("conversation.expired", "retention.applied"))
    assert [line.detail for line in lines.order_by("id")] == [{"user": people.bob.pk}, {"conversations": 1}]


def test_sign_ins_and_the_trail_age(people: SimpleNamespace, settings: Settings) -> None:
    AccessAttempt.objects.create(
        username="bob", ip_address="192.0.2.1", failures_since_start=1, get_data="", post_data=""
    )
    AccessAttempt.objects.update(attempt_time=old(91))
    for key, days in (("long ago", 91), ("today", 0)):
        UserSession.objects.create(user=people.bob, ip="192.0.2.1", session_key=key, last_seen_at=old(days))
    for days in (366, 364):
        line = LogEntry.objects.create(user=people.ada, action_flag=CHANGE, object_repr=f"{days} days", object_id="1")
        LogEntry.objects.filter(pk=line.pk).update(action_time=old(days))
    audit.record(people.bob, "page.read")
    settings.KEEP_AUDIT_DAYS = 365
    assert retention.apply() == {"sign_ins": 2, "administration": 1}
    assert UserSession.objects.get().session_key == "today" and LogEntry.objects.get().object_repr == "364 days"
    assert chain.verify() == [] and AuditEvent.objects.filter(action="page.read").exists()


def test_a_rule_that_meets_a_broken_disk_leaves_the_others_to_be_applied(
    people: SimpleNamespace, settings: Settings, tmp_path: Path
) -> None:
    expired = backup(tmp_path, 40, "a")
    backup(tmp_path, 1, "b")
    (expired / manifest.SEAL).unlink()
    (expired / manifest.SEAL).mkdir()  # it looks like a backup and cannot be removed like one
    settings.BACKUP_DIR, settings.KEEP_NOTICES_DAYS = tmp_path, 30
    Notice.objects.create(user=people.bob, kind="gap", text="Old", link="/", created=old(31))
    assert retention.apply() == {"notices": 1}


def test_an_erased_name_leaves_the_administrations_log_where_it_was_about_something_else(
    people: SimpleNamespace,
) -> None:
    User.objects.filter(pk=people.bob.pk).update(display_name="Bob Möller")
    people.bob.refresh_from_db()
    log = {"user": people.ada, "action_flag": CHANGE, "object_id": "1"}
    for shown, message in (
        ("bob reads Team", ""),
        ("Team", json.dumps([{"added": {"name": "grant", "object": "Bob Möller reads"}}])),
        ("Bobsleigh", json.dumps([{"changed": {"fields": ["Name"]}}])),
    ):
        LogEntry.objects.create(**log, object_repr=shown, change_message=message)
    people.bob.delete()
    lines = LogEntry.objects.order_by("pk").values_list("object_repr", flat=True)
    assert list(lines) == ["(erased)", "(erased)", "Bobsleigh"]


def test_somebody_called_like_a_word_of_the_log_takes_no_other_line_along(people: SimpleNamespace) -> None:
    User.objects.filter(pk=people.bob.pk).update(display_name="Changed")
    people.bob.refresh_from_db()
    message = json.dumps([{"changed": {"fields": ["Title"]}}])
    LogEntry.objects.create(user=people.ada, action_flag=CHANGE, object_id="1", object_repr="A", change_message=message)
    people.bob.delete()
    assert list(LogEntry.objects.values_list("object_repr", flat=True)) == ["A"]


def backup(folder: Path, days: int, *contents: str) -> Path:
    made = timezone.now() - timedelta(days=days)
    path = folder / f"{manifest.stamp(made)}-{days:04x}"
    path.mkdir(parents=True)
    files = []
    for content in contents:
        sha = hashlib.sha256(content.encode()).hexdigest()
        target = manifest.pooled(folder, sha)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)
        files.append(StoredFile(f"aa/{sha}", sha, len(content)))
    manifest.write(Manifest(made.isoformat(), "database.sqlite3", {}, files), path)
    return path


def test_expired_backups_go_with_the_files_only_they_name(tmp_path: Path, settings: Settings) -> None:
    oldest, middle, newest = (
        backup(tmp_path, 40, "alone", "shared"), backup(tmp_path, 31, "shared"), backup(tmp_path, 1, "shared", "new")
    )  # fmt: skip
    for path in tmp_path.glob("files/*/*"):
        os.utime(path, (0, 0))
    settings.BACKUP_DIR = tmp_path
    assert retention.apply() == {"backups": 2}
    assert not oldest.exists() and not middle.exists() and manifest.backups(tmp_path) == [newest]
    assert sorted(path.read_text() for path in tmp_path.glob("files/*/*")) == ["new", "shared"]
    assert not list(manifest.damaged(newest, manifest.read(newest)))


def test_administrators_are_told_once_a_day_that_the_nightly_backup_was_not_made(
    tmp_path: Path, settings: Settings, people: SimpleNamespace, client_for: ClientFor
) -> None:
    """Its folder is a file: the other disk is not there."""
    settings.BACKUP_DIR = tmp_path / "disk"
    settings.BACKUP_DIR.write_text("")
    tasks.nightly_backup()
    tasks.nightly_backup()
    [notice] = Notice.objects.all()
    assert (notice.user, notice.kind) == (people.ada, "backup") and "There is none" in notice.text
    assert "footnote_backup_age_seconds +Inf" in client_for(people.ada).get("/metrics").content.decode()
    assert "The nightly backup was not made" in client_for(people.ada).get("/notices/choices/").content.decode()
    assert "nightly backup" not in client_for(people.bob).get("/notices/choices/").content.decode()


def test_administrators_are_told_when_no_backup_was_even_tried(
    tmp_path: Path, settings: Settings, people: SimpleNamespace, client_for: ClientFor
) -> None:
    settings.BACKUP_DIR = tmp_path
    tasks.retention()
    assert not Notice.objects.exists(), "the first one is still to come"
    backup(tmp_path, 1, "a")
    tasks.retention()
    assert not Notice.objects.exists()
    for path in tmp_path.glob("*Z-*"):
        shutil.rmtree(path)
    backup(tmp_path, 2, "a")
    tasks.retention()
    assert Notice.objects.get().user == people.ada
    page = client_for(people.ada).get("/metrics").content.decode()
    [age] = re.findall(r"^footnote_backup_age_seconds (\S+)$", page, re.MULTILINE)
    assert 2 * 86_400 <= float(age) < 2 * 86_400 + 600


def test_the_only_backup_stays_until_there_is_a_newer_one(tmp_path: Path) -> None:
    only = backup(tmp_path, 400, "a")
    assert expire_in(tmp_path, timezone.now()) == 0 and only.exists()


def test_a_renamed_or_copied_backup_is_neither_the_newest_nor_swept_away(
    tmp_path: Path, settings: Settings, people: SimpleNamespace, client_for: ClientFor
) -> None:
    """Somebody set one aside under a name of their own, and put a copy of an old one under a later name."""
    settings.BACKUP_DIR = tmp_path
    aside, old_one, newest = backup(tmp_path, 60, "aside"), backup(tmp_path, 50, "old"), backup(tmp_path, 2, "new")
    kept = aside.rename(tmp_path / "keep-this")
    copied = shutil.copytree(old_one, tmp_path / f"{manifest.stamp(timezone.now())}-00ff")
    assert manifest.backups(tmp_path) == [newest, copied, old_one]
    assert client_for(people.ada).get("/protection/").status_code == 200
    for path in tmp_path.glob("files/*/*"):
        os.utime(path, (0, 0))
    assert retention.apply() == {"backups": 2}
    assert newest.exists() and not list(manifest.damaged(newest, manifest.read(newest)))
    assert not list(manifest.damaged(kept, manifest.read(kept))), "its files are still in the pool"


def test_the_ledger_names_what_is_gone_and_not_what_can_be_brought_back(
    tmp_path: Path, people: SimpleNamespace
) -> None:
    joined = people.bob.date_joined
    bob = str(people.bob.pk)
    Erasure.objects.create(kind="document", object_id="kept-a-while")
    Erasure.objects.create(kind="document", object_id="purged", remains={"files": ["aa/b"]})
    people.bob.delete()
    ledger.note(tmp_path)
    told = ledger.known(tmp_path)
    assert {(one.kind, one.object_id, one.began) for one in told} == {
        ("document", "purged", None),
        ("person", bob, joined),
    }
    [person] = (one for one in told if one.kind == "person")
    assert person.means(joined) and not person.means(joined + timedelta(days=1)), "his number was given again"
    assert person.before(timezone.now() + timedelta(days=1)) and not person.before(timezone.now())
    Erasure.objects.all().delete()
    Erasure.objects.create(kind="document", object_id="later", erased=timezone.now())
    ledger.note(tmp_path)
    assert told < ledger.known(tmp_path) and len(ledger.known(tmp_path)) == 3, "an older line is never forgotten"


def test_a_ledger_from_before_there_were_times_still_counts(tmp_path: Path) -> None:
    """It was written ten days ago: what it names was gone by then, and nobody who joined later is meant."""
    written = timezone.now() - timedelta(days=10)
    (tmp_path / "erased.json").write_text('[["document", "a"], ["person", "7"]]')
    os.utime(tmp_path / "erased.json", (written.timestamp(), written.timestamp()))
    [person] = (one for one in ledger.known(tmp_path) if one.kind == "person")
    assert person.means(written - timedelta(days=1)) and not person.means(written + timedelta(days=1))
    assert person.before(written + timedelta(days=1)) and not person.before(written - timedelta(days=1))
    Erasure.objects.create(kind="document", object_id="later", erased=timezone.now())
    ledger.note(tmp_path)
    assert person in ledger.known(tmp_path), "and so it stays when lines are added"


def test_a_restore_erases_again_what_was_erased_since_and_nobody_else(
    tmp_path: Path, people: SimpleNamespace, team: Collection, make_document: MakeDocument, settings: Settings
) -> None:
    """The newcomer has the number of somebody who was erased; one document is in the bin, where it can be had back."""
    settings.KEEP_DELETED_DAYS = 30
    made = timezone.now()
    binned, purged = (make_document(team, f"{name}.md", f"# {name}\n\nText.", people.alice) for name in ("one", "two"))
    for document in (binned, purged):
        delete_document(document, people.alice)
    since, joined = made + timedelta(minutes=5), people.charlie.date_joined
    gone = {
        Erased("person", str(people.bob.pk), people.bob.date_joined, since),
        Erased("person", str(people.charlie.pk), joined - timedelta(days=400), since),
        Erased("person", str(people.rita.pk), people.rita.date_joined, made - timedelta(days=400)),
        Erased("document", str(purged.pk), None, since),
    }
    assert erase_again(gone, made) == 2
    names = set(User.objects.values_list("username", flat=True))
    assert "bob" not in names and {"alice", "charlie", "rita", "ada"} <= names
    assert list(Document.objects.filter(deleted__isnull=False)) == [binned]


def test_a_trail_shorter_than_what_it_speaks_of_is_refused(settings: Settings) -> None:
    assert checks.check_retention() == []
    settings.KEEP_AUDIT_DAYS, settings.KEEP_CONVERSATIONS_DAYS = 365, 90
    assert checks.check_retention() == []
    settings.KEEP_AUDIT_DAYS = 30
    assert [message.id for message in checks.check_retention()] == ["footnote.E011"]
    settings.KEEP_CONVERSATIONS_DAYS = 0
    settings.KEEP_AUDIT_DAYS = 3650
    assert checks.check_retention(), "conversations that stay for ever outlive any trail"


def test_changed_settings_are_on_the_trail_by_name_only(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FOOTNOTE_HOME = tmp_path
    monkeypatch.setenv("FOOTNOTE_GENERATOR_KEY", "first-secret-value")
    assert settings_trail.note_changes() == []
    assert settings_trail.note_changes() == []
    monkeypatch.setenv("FOOTNOTE_GENERATOR_KEY", "second-secret-value")
    monkeypatch.setenv("FOOTNOTE_KEEP_AUDIT_DAYS", "365")
    assert settings_trail.note_changes() == ["FOOTNOTE_GENERATOR_KEY", "FOOTNOTE_KEEP_AUDIT_DAYS"]
    lines = AuditEvent.objects.filter(action="settings.changed").order_by("id")
    assert [line.detail["name"] for line in lines] == ["FOOTNOTE_GENERATOR_KEY", "FOOTNOTE_KEEP_AUDIT_DAYS"]
    assert "secret-value" not in (tmp_path / "settings.json").read_text()


def test_the_page_shows_rules_and_the_state_of_the_trail(people: SimpleNamespace, client_for: ClientFor) -> None:
    browser = client_for(people.ada)
    page = browser.get("/protection/").content.decode()
    assert "FOOTNOTE_KEEP_CONVERSATIONS_DAYS" in page and "30 days" in page and "as they were written" in page


def test_the_trail_filters_and_saves_what_it_shows(people: SimpleNamespace, client_for: ClientFor) -> None:
    audit.record(people.bob, "page.read", people.bob, page=1)
    audit.record(people.alice, "page.read", people.alice, page=2)
    audit.record(people.bob, "document.downloaded", people.bob)
    browser = client_for(people.ada)
    page = browser.get("/protection/trail/", {"who": "bob", "action": "page.read"}).content.decode()
    assert page.count('<td data-label="What">page.read</td>') == 1 and "page 1" in page
    today = timezone.localdate().isoformat()
    for wanted, count in (
        ({"who": str(people.bob.pk)}, 2),
        ({"about": str(people.alice.pk), "action": "page."}, 1),
        ({"since": today, "who": "alice"}, 1),
        ({"until": "2001-01-01"}, 0),
        ({"since": "nonsense", "who": "alice"}, 1),
        ({"who": "nobody\0here"}, 0),
    ):
        response = browser.get("/protection/trail.csv", wanted)
        lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
        assert len(lines) == 1 + count, wanted
    assert AuditEvent.objects.filter(action="trail.exported", actor_id=people.ada.pk).count() == 6


def test_the_trail_names_people_while_they_are_there(people: SimpleNamespace, client_for: ClientFor) -> None:
    audit.record(people.bob, "page.read", people.bob)
    audit.record(people.charlie, "page.read", people.charlie)
    audit.record(None, "page.read", people.bob)
    gone = people.charlie.pk
    people.charlie.delete()
    User.objects.filter(pk=people.bob.pk).update(email="bob@example.org")
    browser = client_for(people.ada)
    page = browser.get("/protection/trail/", {"action": "page.read"}).content.decode()
    assert page.count(f'bob <span class="small faint">{people.bob.pk}</span>') == 1
    assert page.count(f'removed <span class="small faint">{gone}</span>') == 1
    assert page.count('<span class="faint">Footnote</span>') == 1
    for who, count in (("BOB", 1), ("Bob@Example.org", 1), (str(gone), 1), ("charlie", 0)):
        found = browser.get("/protection/trail/", {"action": "page.read", "who": who}).content.decode()
        assert found.count('<td data-label="What">page.read</td>') == count, who
    csv = b"".join(browser.get("/protection/trail.csv", {"action": "page.read"}).streaming_content).decode("utf-8-sig")
    assert sorted(line.split(",")[2] for line in csv.splitlines()[1:]) == ["", "", "bob"]
    table = browser.get("/admin/accounts/auditevent/", {"action": "page.read"}).content.decode()
    assert f"person {gone} (removed)" in table and "Footnote or nobody signed in" in table


def test_an_administrator_who_opens_anothers_row_leaves_a_line(people: SimpleNamespace, client_for: ClientFor) -> None:
    client_for(people.ada).get(f"/admin/accounts/user/{people.bob.pk}/change/")
    line = AuditEvent.objects.get(action="user.viewed")
    assert line.actor_id == people.ada.pk and line.detail["id"] == str(people.bob.pk)


def test_who_may_read_what_is_on_the_trail_however_it_changes(people: SimpleNamespace, team: Collection) -> None:
    before = AuditEvent.objects.count()
    group = Group.objects.create(name="Sales")
    grant = Grant.objects.create(collection=team, group=group)
    people.bob.groups.add(group)
    people.bob.groups.clear()
    grant.delete()
    lines = AuditEvent.objects.order_by("id")[before:]
    assert [(line.action, line.detail.get("group") or line.detail.get("groups")) for line in lines] == [
        ("access.given", group.pk),
        ("membership.add", [group.pk]),
        ("membership.clear", [group.pk]),
        ("access.withdrawn", group.pk),
    ]
