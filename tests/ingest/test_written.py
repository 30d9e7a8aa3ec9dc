"""Notes written on the spot: each is a document of its own, whatever its title is called in an address."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from knowledge.models import Collection, Document
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("titles", [("Отпуск", "Парковка"), ("Parking", "Parking?"), ("年假", "停车")])
def test_a_note_never_takes_the_place_of_another(
    titles: tuple[str, str], people: SimpleNamespace, team: Collection, client_for: ClientFor
) -> None:
    alice = client_for(people.alice)
    for title in titles:
        fields = {"title": title, "text": f"What holds for {title}.", "collection": team.pk}
        assert alice.post("/upload/write/", fields).status_code == 302
    documents = list(Document.objects.order_by("created", "name"))
    assert len(documents) == 2
    assert [document.versions.count() for document in documents] == [1, 1]
    assert len({document.name for document in documents}) == 2
