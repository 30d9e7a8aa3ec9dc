"""The table of documents and a document's own page: what each person is shown and may change in them."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django import forms
from django.utils import timezone

from accounts.models import AuditEvent
from knowledge import document_choice
from knowledge.documents import delete_document
from knowledge.forms import DocumentSettingsForm
from knowledge.listing import table
from knowledge.models import Collection, Document, Grant
from knowledge.repairing import repair
from knowledge.search import Ways, search
from knowledge.verification import verify
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db(transaction=True)

LEAVE = """# Leave rules

## Annual leave

Employees receive 27 days of paid annual leave per calendar year.

## Sick leave

A note of the doctor must be handed in on the third day of sick leave.
"""


@pytest.fixture
def shelf(team: Collection, people: SimpleNamespace, make_document: MakeDocument) -> SimpleNamespace:
    """Two documents of the team; one of a board that Alice only reads and Bob does not know of."""
    board = Collection.objects.create(name="Board", slug="board")
    Grant.objects.create(collection=board, user=people.alice)
    return SimpleNamespace(
        leave=make_document(team, "leave.md", LEAVE, people.alice),
        travel=make_document(team, "travel.md", "# Travel\n\nRail travel is in second class.\n", people.alice),
        memo=make_document(board, "memo.md", "# Memo\n\nThe takeover is planned for 14 March 2027.\n", people.ada),
    )


def titles(user: object, **wanted: str) -> list[str]:
    return [row.title for row in table(user, wanted)]  # type: ignore[arg-type]  # a person of the story


def test_the_table_filters_and_sorts(shelf: SimpleNamespace, people: SimpleNamespace) -> None:
    Document.objects.filter(pk=shelf.leave.pk).update(review_by=timezone.localdate() - timedelta(days=1))
    Document.objects.filter(pk=shelf.travel.pk).update(superseded_by=shelf.memo)
    assert titles(people.alice) == ["Leave rules", "Memo", "Travel"]
    assert titles(people.alice, sort="-title") == ["Travel", "Memo", "Leave rules"]
    assert titles(people.alice, sort="review")[0] == "Leave rules"
    assert titles(people.alice, sort="-review")[0] == "Leave rules", "documents without a date stay behind"
    assert titles(people.alice, state="late") == ["Leave rules"]
    assert titles(people.alice, state="replaced") == ["Travel"]
    assert titles(people.alice, state="ready") == ["Memo"]
    assert titles(people.bob, state="replaced") == [], "what replaces it is hidden from Bob"
    assert titles(people.bob, sort="nonsense", state="nonsense") == ["Leave rules", "Travel"]


def test_a_filter_takes_every_letter_in_any_case_and_whatever_is_typed(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    Document.objects.filter(pk=shelf.leave.pk).update(title="Ärzte (Öffnungszeiten)")
    for query in ("ärzte", "ÄRZTE (ö", "\0Ärzte", " öffnungszeiten) "):
        assert titles(people.bob, q=query) == ["Ärzte (Öffnungszeiten)"], query
    assert titles(people.bob, q="a.zte") == titles(people.bob, q="%") == [], "nothing in it is a pattern"
    assert titles(people.bob, q="LEAVE.MD") == ["Ärzte (Öffnungszeiten)"], "by its name too"
    alice, ada = client_for(people.alice), client_for(people.ada)
    for address in ("/documents/?q=%00a", "/documents/?collection=%00", f"/documents/{shelf.leave.pk}/?near=%00"):
        assert alice.get(address).status_code == 200, address
    for address in ("", f"document/{shelf.leave.pk}/", f"people/{people.bob.pk}/"):
        assert ada.get(f"/permission/{address}?q=%00").status_code == 200, address
    people.bob.display_name = "Bob Ängström"
    people.bob.save()
    assert "Bob Ängström" in ada.get("/permission/?q=ÄNGSTRÖM").content.decode()
    assert "Ärzte" in ada.get("/permission/?q=ärzte").content.decode()


def test_a_curator_changes_many_and_nobody_elses(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    alice = client_for(people.alice)
    everything = [str(shelf.leave.pk), str(shelf.travel.pk), str(shelf.memo.pk), "no id"]
    page = alice.get("/documents/").content.decode()
    assert page.count('name="document"') == 2, "only what she curates can be ticked"
    said = alice.post(
        "/documents/change/",
        {"document": everything, "action": "review", "review_by": "2030-05-01", "sort": "-title"},
        follow=True,
    )
    assert "Review by 1 May 2030, for 2 documents." in said.content.decode()
    assert said.redirect_chain[0][0] == "/documents/?sort=-title"
    shelf.memo.refresh_from_db()
    assert shelf.memo.review_by is None
    assert AuditEvent.objects.filter(action="document.changed").count() == 2
    wrong = {"document": everything, "action": "review", "review_by": "soon"}
    said = alice.post("/documents/change/", wrong, follow=True)
    assert "that is not a date" in said.content.decode()
    alice.post("/documents/change/", {"document": everything, "action": "delete"})
    assert titles(people.alice) == ["Memo"]


def test_a_reader_ticks_nothing(shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor) -> None:
    bob = client_for(people.bob)
    assert 'name="document"' not in bob.get("/documents/").content.decode()
    assert bob.post("/documents/change/", {"document": [str(shelf.leave.pk)], "action": "delete"}).status_code == 404
    assert titles(people.bob) == ["Leave rules", "Travel"]


def test_saving_what_a_page_shows_undoes_nothing_that_happened_meanwhile(
    shelf: SimpleNamespace, people: SimpleNamespace, make_document: MakeDocument
) -> None:
    document = Document.objects.get(name="leave.md")
    posted = {"title": "Leave and sickness"}
    form = DocumentSettingsForm(posted, instance=document, user=people.alice)
    assert form.is_valid()
    newer = make_document(document.collection, "leave.md", LEAVE.replace("27", "28"), people.alice).current
    Document.objects.filter(pk=document.pk).update(restricted=True, deleted=timezone.now())
    form.save()
    document = Document.objects.get(pk=document.pk)
    assert (document.title, document.current) == ("Leave and sickness", newer)
    assert document.restricted and document.deleted is not None


def test_an_old_page_brings_back_nothing_that_a_colleague_changed(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    alice, yesterday = client_for(people.alice), timezone.localdate() - timedelta(days=1)
    page = alice.get(f"/documents/{shelf.leave.pk}/").content.decode()
    shown = dict(re.findall(r'<input type="hidden" name="(initial-\w+)"(?: value="([^"]*)")?', page))
    names = ("title", "effective", "effective_until", "review_by", "superseded_by", "supersedes")
    assert set(shown) == {f"initial-{name}" for name in names}
    Document.objects.filter(pk=shelf.leave.pk).update(effective_until=yesterday, review_by=yesterday)
    posted = {"title": "Leave", "effective": "", "effective_until": "", "review_by": "2030-01-31"}
    assert alice.post(f"/documents/{shelf.leave.pk}/settings/", {**shown, **posted}).status_code == 302
    document = Document.objects.get(pk=shelf.leave.pk)
    assert (document.title, document.effective_until, str(document.review_by)) == ("Leave", yesterday, "2030-01-31")
    # It is checked against what stands there now: a first day after the colleague's last one is refused in words.
    late = {"title": "Leave", "effective": str(timezone.localdate()), "effective_until": "", "review_by": ""}
    refused = alice.post(f"/documents/{shelf.leave.pk}/settings/", {**shown, **late})
    assert refused.status_code == 422
    # Of what the page did show, an empty field clears it.
    again = {f"initial-{name}": value for name, value in posted.items()} | {"initial-effective_until": str(yesterday)}
    assert alice.post(f"/documents/{shelf.leave.pk}/settings/", {**again, **posted}).status_code == 302
    assert Document.objects.get(pk=shelf.leave.pk).effective_until is None


def test_an_old_page_undoes_no_replacement_that_a_colleague_named(
    shelf: SimpleNamespace, people: SimpleNamespace, make_document: MakeDocument, client_for: ClientFor
) -> None:
    rules = make_document(shelf.leave.collection, "rules.md", "# Rules\n\nAsk first.\n", people.alice)
    alice = client_for(people.alice)

    def opened(document: Document) -> dict[str, str]:
        page = alice.get(f"/documents/{document.pk}/").content.decode()
        hidden = dict(re.findall(r'<input type="hidden" name="(initial-\w+)"(?: value="([^"]*)")?', page))
        return {**hidden, **{name.removeprefix("initial-"): value for name, value in hidden.items()}}

    def saved(document: Document, page: dict[str, str], **changed: object) -> None:
        given = {**page, **changed}
        given["supersedes"] = [one for one in str(given["supersedes"]).split(",") if one]
        assert alice.post(f"/documents/{document.pk}/settings/", given).status_code == 302

    def replacement(document: Document) -> object:
        return Document.objects.get(pk=document.pk).superseded_by_id

    old_page, newer_page = opened(shelf.leave), opened(shelf.travel)
    Document.objects.filter(pk=shelf.leave.pk).update(superseded_by=shelf.travel)  # the colleague
    saved(shelf.leave, old_page, review_by="2030-01-31")
    saved(shelf.travel, newer_page, review_by="2030-01-31")
    assert replacement(shelf.leave) == shelf.travel.pk, "neither page knew of it, so neither took it back"
    # What the page did show can be taken back, on either side, and changed.
    saved(shelf.travel, opened(shelf.travel), supersedes="")
    assert replacement(shelf.leave) is None
    saved(shelf.travel, opened(shelf.travel), supersedes=f"{shelf.leave.pk},{rules.pk}")
    assert replacement(shelf.leave) == replacement(rules) == shelf.travel.pk
    saved(shelf.leave, opened(shelf.leave), superseded_by=str(rules.pk))
    assert replacement(shelf.leave) == rules.pk
    # One that a colleague took away since is not named again by a page that only shows it.
    old_page = opened(shelf.travel)
    Document.objects.filter(pk=rules.pk).update(superseded_by=None)
    saved(shelf.travel, {**old_page, "initial-supersedes": f"{old_page['supersedes']},nonsense"})
    assert replacement(rules) is None
    # What replaces a document out of Alice's sight is not said anywhere, and stays.
    hidden = make_document(Collection.objects.get(slug="board"), "plan.md", "# Plan\n\nSecret.\n", people.ada)
    Grant.objects.filter(collection__slug="board").delete()
    Document.objects.filter(pk=shelf.leave.pk).update(superseded_by=hidden)
    page = alice.get(f"/documents/{shelf.leave.pk}/").content.decode()
    assert str(hidden.pk) not in page
    saved(shelf.leave, opened(shelf.leave), title="Leave")
    assert replacement(shelf.leave) == hidden.pk


def test_a_renamed_document_is_found_by_its_new_title_and_not_by_the_old_one(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    def found(word: str) -> bool:
        return shelf.leave.pk in {one.document_id for one in search(word, people.bob, ways=Ways.WORDS).evidence}

    Document.objects.filter(pk=shelf.leave.pk).update(title="Zanzibar")
    assert any("title" in line for line in verify().differences), "somebody wrote it by hand"
    assert "another title" in " ".join(repair()) and verify().differences == []
    assert found("Zanzibar")
    posted = {"title": "Quokka", "effective": "", "effective_until": "", "review_by": ""}
    assert client_for(people.alice).post(f"/documents/{shelf.leave.pk}/settings/", posted).status_code == 302
    assert found("Quokka") and not found("Zanzibar")
    administered = {"title": "Wombat", "restrictions-TOTAL_FORMS": 0, "restrictions-INITIAL_FORMS": 0}
    page = f"/admin/knowledge/document/{shelf.leave.pk}/change/"
    assert client_for(people.ada).post(page, administered).status_code == 302
    assert found("Wombat") and not found("Quokka")
    assert verify().differences == []
    # One that is deleted comes into no index by a new title.
    form = DocumentSettingsForm({"title": "Again"}, instance=shelf.leave, user=people.alice)
    delete_document(shelf.leave, people.alice)
    assert form.is_valid()
    form.save()
    assert verify().differences == []


def test_a_document_shows_its_passages_and_why_it_is_seen(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    page = client_for(people.bob).get(f"/documents/{shelf.leave.pk}/").content.decode()
    for passage in shelf.leave.current.passages.all():
        assert f"/v/1/p/1/?start={passage.start}&amp;end={passage.end}" in page
    assert "third day of sick leave" in page
    assert "You may read it: it was opened to you by name" in page
    assert "may read and curate" not in page, "who else may is for curators"


def test_what_would_be_answered_from_a_document(
    shelf: SimpleNamespace, people: SimpleNamespace, client_for: ClientFor
) -> None:
    address = f"/documents/{shelf.leave.pk}/answers/"
    bob = client_for(people.bob)
    drawn = bob.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "What does “Leave rules” say about annual leave?" in drawn
    assert "27 days of paid annual leave" in drawn
    asked = bob.get(address, {"q": "How many days of annual leave do employees receive?"}).content.decode()
    assert "<q>Employees receive 27 days of paid annual leave per calendar year.</q>" in asked
    assert "silent about it" in bob.get(address, {"q": "In which class is rail travel?"}).content.decode()
    assert "up to 4,000" in bob.get(address, {"q": "leave " * 900}).content.decode()
    hidden = bob.get(f"/documents/{shelf.memo.pk}/answers/", {"q": "When is the takeover planned?"})
    assert hidden.status_code == 404
    assert "14 March" not in hidden.content.decode()


class Tags(HTMLParser):
    """What a browser reads: tags with their attributes in any order, and the text between them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.read: list[object] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.read.append((tag, sorted(attrs, key=str)))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.read.append(data.strip())


@pytest.mark.parametrize(("name", "own"), [("superseded_by", forms.Select), ("supersedes", forms.SelectMultiple)])
def test_a_choice_of_documents_reads_as_djangos_own(
    name: str, own: type[forms.Select], shelf: SimpleNamespace, people: SimpleNamespace, make_document: MakeDocument
) -> None:
    hostile = make_document(shelf.leave.collection, "x.md", "# X\n\nWords.\n", people.alice)
    Document.objects.filter(pk=hostile.pk).update(title='</option><b> & "{0}"', superseded_by=shelf.leave)
    shelf.leave.superseded_by = shelf.travel
    form = DocumentSettingsForm(instance=shelf.leave, user=people.alice)
    ours, field = Tags(str(form[name])).read, form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.widget = own(attrs=field.widget.attrs, choices=field.widget.choices)
    assert ours == Tags(str(form[name])).read
    assert sum("selected" in dict(tag[1]) for tag in ours if isinstance(tag, tuple)) == 1
    assert '</option><b> & "{0}"' in ours


def test_of_many_documents_the_nearest_are_offered_and_others_can_be_looked_for(
    shelf: SimpleNamespace,
    people: SimpleNamespace,
    make_document: MakeDocument,
    client_for: ClientFor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(document_choice, "OFFERED", 2)
    names = ("Fire drill 2024", "Fire drill 2025", "Canteen menu", "Canteen prices", "Canteen hours")
    made = {}
    for name in names:
        made[name] = make_document(shelf.leave.collection, f"{name}.md", f"# {name}\n\nWords.\n", people.alice)
        Document.objects.filter(pk=made[name].pk).update(title=name)
    drill = make_document(shelf.leave.collection, "drill.md", "# Fire drill 2026\n\nWords.\n", people.alice)
    Document.objects.filter(pk=drill.pk).update(title="Fire drill 2026")
    alice, address = client_for(people.alice), f"/documents/{drill.pk}/"

    def offered(page: str) -> set[str]:
        return set(re.findall(r'<option value="[0-9a-f-]{36}"[^>]*>([^<]+)</option>', page))

    def chosen_in(page: str) -> int:
        return len(re.findall(r'<option value="[0-9a-f-]{36}" selected', page))

    assert offered(alice.get(address).content.decode()) == {"Fire drill 2024", "Fire drill 2025"}
    found = alice.get(address, {"near": "canteen menu"}).content.decode()
    assert "Canteen menu" in offered(found)
    assert "Fire drill 2024" not in offered(found)
    # What was chosen before somebody looked for more is still there, and is saved.
    chosen = {"chosen": "1", "near": "canteen menu", "supersedes": [str(made["Fire drill 2024"].pk)]}
    page = alice.get(address, chosen).content.decode()
    assert {"Fire drill 2024", "Canteen menu"} <= offered(page)
    assert chosen_in(page) == 1
    saved = {"title": "Fire drill 2026", "supersedes": [str(made[name].pk) for name in names[:3]]}
    assert alice.post(f"{address}settings/", saved).status_code == 302
    assert set(drill.supersedes.values_list("title", flat=True)) == set(names[:3])
    page = alice.get(address).content.decode()
    assert chosen_in(page) == 3, "all three stand there, though only two would be offered"
