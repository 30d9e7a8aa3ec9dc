"""One person's wish must not keep the others waiting: what a page costs is bounded, whatever is asked of it."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest

from knowledge import later, pages
from knowledge.models import Collection, Page
from tests.conftest import ClientFor, MakeDocument

pytestmark = pytest.mark.django_db

SENTENCES = 400


def manual(limit: int) -> str:
    lines = [f"Rule {number} says that valve {number} is opened slowly." for number in range(SENTENCES)]
    return "\n\n".join([*lines, f"The limit of the last valve is {limit} bar in all."])


def test_a_whole_document_as_a_quote_is_not_looked_for_in_the_current_version(
    team: Collection, people: SimpleNamespace, make_document: MakeDocument, client_for: ClientFor
) -> None:
    for limit in (95, 97):
        document = make_document(team, "manual.txt", manual(limit), people.alice)
    bob, address = client_for(people.bob), f"/documents/{document.pk}/v/1/p/1/"
    everything = bob.get(address, {"start": "0", "end": "100000000"}).content.decode()
    assert "This is version 1; version 2 is current." in everything
    assert "data-later" not in everything
    begin = manual(95).index("The limit of")
    quoted = bob.get(address, {"start": str(begin), "end": str(begin + 50)}).content.decode()
    assert 'data-later="changed"' in quoted and "97" in quoted


def test_of_very_many_places_the_nearest_are_looked_at(
    team: Collection, people: SimpleNamespace, make_document: MakeDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in (95, 97):
        document = make_document(team, "manual.txt", manual(limit), people.alice)
    old, current = Page.objects.get(version__number=1), document.current
    assert current is not None
    looked, shared = [], later._shared
    monkeypatch.setattr(later, "_PLACES", 20)
    monkeypatch.setattr(later, "_shared", lambda *places: looked.append(places) or shared(*places))
    begin = old.text.index("The limit of")
    found = later.what_now(old, begin, len(old.text), current)
    assert found is not None and found.state == "changed"
    assert 0 < len(looked) <= 20


def test_pictures_of_many_pages_are_drawn_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, most, lock = 0, 0, threading.Lock()

    def slow_child(*_: object, **__: object) -> list[object]:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        time.sleep(0.1)
        with lock:
            at_work -= 1
        return []

    monkeypatch.setattr(pages, "run_in_child", slow_child)
    readers = [threading.Thread(target=pages._in_child, args=["render", "x.pdf", number]) for number in range(12)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert 1 < most <= 4
