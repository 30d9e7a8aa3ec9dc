"""The sample company: everybody reads what they should, and adding it twice changes nothing."""

from __future__ import annotations

import itertools

import pytest
from django.contrib.auth.models import Group
from django.db.models import Model

from accounts.models import User
from assistant.models import EvalCase
from config.sample_company import seed
from config.sample_company.accounts import published_passwords
from config.sample_company.company import FILES, load
from ingest.models import IngestJob
from knowledge.models import Collection, Document, DocumentVersion, Grant

pytestmark = pytest.mark.django_db

READS = {
    "alice": {"everyone"},
    "bob": {"everyone", "engineering"},
    "hanna": {"everyone", "hr"},
    "farid": {"everyone", "finance"},
    "rita": {"everyone", "hr", "finance", "engineering"},
    "ada": {"everyone", "hr", "finance", "engineering", "board"},
}
CURATES = {"hanna": {"everyone", "hr"}, "farid": {"finance"}}
TABLES: tuple[type[Model], ...] = (User, Group, Collection, Grant, Document, DocumentVersion, IngestJob, EvalCase)


def everything() -> dict[str, list[dict[str, object]]]:
    return {table.__name__: list(table._default_manager.order_by("pk").values()) for table in TABLES}


def test_everybody_reads_and_curates_what_they_should() -> None:
    seed.seed_people(load())
    for name, slugs in READS.items():
        user = User.objects.get(username=name)
        assert set(Collection.objects.visible_to(user).values_list("slug", flat=True)) == slugs, name
        if not user.is_administrator:
            curated = set(Collection.objects.curated_by(user).values_list("slug", flat=True))
            assert curated == CURATES.get(name, set()), name
    assert published_passwords(load()) == sorted(READS)


@pytest.mark.slow
def test_adding_it_again_changes_nothing() -> None:
    company = load()
    seed.seed_people(company)
    seed.seed_documents(company)
    alice = User.objects.get(username="alice")
    alice.set_password("something of her own")
    alice.save()
    before = everything()
    seed.seed_people(company)
    seed.seed_documents(company)
    assert everything() == before
    assert len(before["Document"]) == len(before["DocumentVersion"]) == seed.state(company).total >= 40

    old = Document.objects.get(name="travel-policy-2024.md")
    assert old.superseded_by == Document.objects.get(name="travel-policy-2026.docx")
    assert str(old.effective) == "2024-02-01"


def test_every_path_it_names_exists() -> None:
    for about in load().documents:
        for path in filter(None, (about.path, about.superseded_by)):
            assert (FILES / path).is_file(), path


def test_the_questions_are_complete() -> None:
    seed.seed_people(load())
    cases = list(EvalCase.objects.all())
    assert len(cases) >= 120
    for case in cases:
        assert case.asked_as in READS, case.key
        for entry in case.gold:
            assert (FILES / entry["document"]).is_file(), case.key
            readable = entry["document"].partition("/")[0] in READS[case.asked_as]
            assert readable is case.answerable, f"{case.key}: gold in {entry['document']}, asked as {case.asked_as}"
    for _kind, same in itertools.groupby(sorted(cases, key=lambda case: case.kind), key=lambda case: case.kind):
        halves = [case.half for case in same]
        assert abs(halves.count("tune") - halves.count("report")) <= 2
