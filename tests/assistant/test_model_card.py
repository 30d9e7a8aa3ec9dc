"""The card tells what runs, to everybody; administrators add what no server tells."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from pytest_django import Settings

from assistant.models import EvaluationSet, ModelEndpoint, ModelFacts, Promotion, SetRun
from assistant.showing.model_card import is_inside, models
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db


def test_without_a_language_model_nothing_leaves_the_server(people: SimpleNamespace, client_for: ClientFor) -> None:
    assert [model.key for model in models()] == ["quoting", "embedding", "reader"]
    page = client_for(people.charlie).get("/model-card/").content.decode()
    assert page.count("Nothing leaves this server") == 3
    assert "Apache 2.0" in page
    assert "Nobody is named yet" in page
    assert "Complete it" not in page


def test_it_follows_the_endpoints_and_what_is_promoted(settings: Settings) -> None:
    row = ModelEndpoint.objects.create(name="Cloud", base_url="https://llm.example.com/v1", model="big-7")
    ours = {"name": "Ours", "base_url": "http://10.0.0.5:8000/v1", "model": "small-1", "priority": 200}
    inside = ModelEndpoint.objects.create(**ours)
    found = {model.key: model for model in models()}
    assert list(found)[:2] == [f"endpoint:row:{row.pk}", f"endpoint:row:{inside.pk}"]
    assert "llm.example.com, outside the company's network" in found[f"endpoint:row:{row.pk}"].data
    assert "inside the company's network" in found[f"endpoint:row:{inside.pk}"].data
    Promotion.objects.create(overrides={"answerer": f"row:{inside.pk}"}, called="ours")
    assert next(models()).key == f"endpoint:row:{inside.pk}"
    Promotion.objects.create(overrides={"answerer": "quoting"}, called="quotes")
    parts = {model.key: model.part for model in models()}
    assert parts["quoting"] == "Answers"
    assert "follow-ups" in parts[f"endpoint:row:{row.pk}"]


def test_administrators_complete_it_and_everybody_reads_it(people: SimpleNamespace, client_for: ClientFor) -> None:
    chosen = EvaluationSet.objects.create(name="The merger")
    figures = {"score": 0.87, "low": 0.8, "high": 0.93, "cases": 40}
    SetRun.objects.create(set=chosen, version=1, state="complete", figures=figures)
    ada = client_for(people.ada)
    data = {"accountable": people.alice.pk, "notes": "Ask Alice first.", "model-embedding-licence": "Ours alone"}
    assert ada.post("/model-card/edit/", data).status_code == 302
    assert ModelFacts.objects.get().key == "embedding"
    page = client_for(people.charlie).get("/model-card/").content.decode()
    for words in ("Alice", "Ask Alice first.", "Ours alone", "0.87", "0.80 – 0.93"):
        assert words in page
    assert "merger" not in page  # the name of a set is for those who may open it
    assert "The merger" in client_for(people.rita).get("/model-card/").content.decode()
    assert client_for(people.rita).get("/model-card/edit/").status_code == 404


def test_what_was_written_of_a_model_stays_with_it_when_another_comes_meanwhile(
    people: SimpleNamespace, client_for: ClientFor
) -> None:
    ada = client_for(people.ada)
    page = ada.get("/model-card/edit/").content.decode()
    field = next(name for name in re.findall(r'name="([^"]+-licence)"', page) if "embedding" in name)
    ModelEndpoint.objects.create(name="Cloud", base_url="https://llm.example.com/v1", model="big-7")
    assert ada.post("/model-card/edit/", {"notes": "", field: "Ours alone"}).status_code == 302
    assert ModelFacts.objects.get().key == "embedding"



@pytest.mark.parametrize(
    ("host", "inside"),
    [("127.0.0.1", True), ("10.1.2.3", True), ("llm", True), ("llm.corp.internal", True), ("api.example.com", False)],
)
def test_hosts(host: str, inside: bool) -> None:
    assert is_inside(host) is inside
