"""Ada sets up language models: she names keys and never stores one, tries them, and sees what they cost."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts.models import AuditEvent
from assistant.endpoints import breaker
from assistant.models import ModelBudget, ModelEndpoint
from tests.assistant.conftest import AddEndpoint, Asked
from tests.assistant.model_server import ModelServer
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db(transaction=True)
ADD = "/admin/assistant/modelendpoint/add/"
LIST = "/admin/assistant/modelendpoint/"
FORM = {
    **{"name": "House model", "model": "m-7", "key_name": "", "enabled": "on", "priority": 10, "serves": "all"},
    **{"context_window": 8192, "max_tokens": 600, "connect_seconds": 2, "first_token_seconds": 2, "idle_seconds": 2},
    **{"total_seconds": 5, "price_in": "0.15", "price_out": "0.6", "currency": "EUR"},
}


@pytest.fixture
def ada(people: SimpleNamespace, client_for: ClientFor) -> Client:
    return client_for(people.ada)


def test_a_model_is_added_then_changed_and_tried(ada: Client, second: ModelServer) -> None:
    second.script.model, second.script.usage = "m-7-instruct", {"prompt_tokens": 20, "completion_tokens": 3}
    assert ada.post(ADD, {**FORM, "name": "Modle", "base_url": second.url}).status_code == 302
    row = ModelEndpoint.objects.get()
    change = f"{LIST}{row.pk}/change/"
    button = "assistant_modelendpoint_save_and_try"
    assert f'name="{button}"' in ada.get(change).content.decode()
    page = ada.post(change, {**FORM, "base_url": second.url, button: "1"}, follow=True).content.decode()
    assert "House model: It answered: first word after" in page
    assert "calls itself “m-7-instruct”" in page
    assert "counts its tokens" in page
    changes = AuditEvent.objects.filter(action__startswith="modelendpoint").exclude(action__endswith=".viewed")
    actions = list(changes.order_by("id").values_list("action", flat=True))
    assert actions == ["modelendpoint.added", "modelendpoint.tried", "modelendpoint.changed"]


def test_what_is_wrong_is_said_in_plain_words(
    ada: Client, second: ModelServer, add_endpoint: AddEndpoint, settings: Settings
) -> None:
    settings.OUTBOUND = [second.url, "http://127.0.0.1:9"]
    wrong = add_endpoint(second, "Wrong model")
    gone = add_endpoint(second, "Gone")
    ModelEndpoint.objects.filter(pk=gone.pk).update(base_url="http://127.0.0.1:9/v1")
    keyless = add_endpoint(second, "Keyless", key_name="lost")
    second.script.statuses = [404]
    chosen = {"action": "try_selected", "_selected_action": [wrong.pk, gone.pk, keyless.pk]}
    page = ada.post(LIST, chosen, follow=True).content.decode()
    assert "Wrong model: The language model refused (status 404). Look at the key" in page
    assert "Gone: The language model cannot be reached just now. Look at the address" in page
    assert "Keyless: The key of this endpoint cannot be found" in page
    assert len(second.requests) == 1


def test_looking_at_the_pages_asks_nobody(ada: Client, second: ModelServer, add_endpoint: AddEndpoint) -> None:
    row = add_endpoint(second)
    for address in (LIST, ADD, f"{LIST}{row.pk}/change/", "/admin/assistant/modelbudget/", "/insights/"):
        assert ada.get(address).status_code == 200
    assert second.requests == []


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("key_name", "sk-proj-canary5521canary5521canary5521", "Write the name of the key, not the key"),
        ("key_name", "DATABASE_URL", "Write the name of the key, not the key"),
        ("base_url", "https://me:canary@models.example.org/v1", "without a name, password or parameters"),
        ("base_url", "file:///etc/passwd", "begins with http:// or https://"),
        ("base_url", "http://[::1", "not an address"),
        ("base_url", "http://127.0.0.1:5432/v1", "not among the machines this server may connect to"),
        ("currency", "€", "Three capital letters"),
        ("first_token_seconds", "0", "greater than or equal to 0.1"),
    ],
)
def test_unsafe_or_senseless_entries_are_refused(
    field: str, value: str, told: str, ada: Client, settings: Settings
) -> None:
    settings.OUTBOUND = ["http://127.0.0.1:9"]
    page = ada.post(ADD, {**FORM, "base_url": "http://127.0.0.1:9/v1", field: value}).content.decode()
    assert told in page.replace("&#x27;", "'")
    assert not ModelEndpoint.objects.exists()


def test_the_key_is_on_no_page(
    ada: Client, second: ModelServer, add_endpoint: AddEndpoint, settings: Settings, tmp_path: Path
) -> None:
    settings.SECRETS_DIR = tmp_path
    (tmp_path / "house").write_text("canary-key-5521")
    row = add_endpoint(second, key_name="house")
    pages = [ada.get(LIST), ada.get(f"{LIST}{row.pk}/change/")]
    pages.append(ada.post(LIST, {"action": "try_selected", "_selected_action": [row.pk]}, follow=True))
    assert second.keys == ["Bearer canary-key-5521"]
    assert not any("canary" in page.content.decode() for page in pages)


def test_the_model_of_the_environment_is_named_before_the_others(ada: Client, model_server: ModelServer) -> None:
    page = ada.get(LIST).content.decode()
    assert "Before these, the model scripted of the server&#x27;s environment is asked" in page
    assert "canary" not in page


def test_only_administrators_come_here(people: SimpleNamespace, client_for: ClientFor, second: ModelServer) -> None:
    for person in (people.bob, people.alice, people.rita):
        client = client_for(person)
        assert client.get(LIST).status_code == 404
        assert client.post(ADD, {**FORM, "base_url": second.url, "save_and_try": "1"}).status_code == 404
    assert second.requests == []


def test_a_success_puts_a_model_back_into_use(ada: Client, second: ModelServer, add_endpoint: AddEndpoint) -> None:
    row = add_endpoint(second)
    breaker.failed(f"row:{row.pk}", "busy", 600)
    assert "left alone for" in ada.get(LIST).content.decode()
    ada.post(LIST, {"action": "try_selected", "_selected_action": [row.pk]})
    assert breaker.admits(f"row:{row.pk}")


def test_insights_show_use_cost_and_budget_without_a_question(
    ada: Client, second: ModelServer, add_endpoint: AddEndpoint, asked: Asked, people: SimpleNamespace,
    shelf: SimpleNamespace,
) -> None:  # fmt: skip
    assert "Language models this month" not in ada.get("/insights/").content.decode()
    ModelBudget.objects.create(currency="EUR", monthly=Decimal("0.01"))
    add_endpoint(second, "House model", price_in=Decimal(5))
    second.script.usage = {"prompt_tokens": 1800, "completion_tokens": 40}
    asked(people.bob, "What is the hotel limit per night?")
    page = ada.get("/insights/").content.decode()
    assert "The budget is nearly used up" in page
    assert "0.01 EUR · 90 %" in page
    assert "0.0090 EUR" in page
    asked(people.bob, "What is the hotel limit per night?")
    asked(people.bob, "What is the hotel limit per night?")
    page = ada.get("/insights/").content.decode()
    assert "The budget is used up" in page
    assert "1 × out of budget, quotes instead" in page
    assert "used up" in ada.get("/admin/assistant/modelbudget/").content.decode()
    assert "hotel" not in page


def test_the_command_lists_and_tries_them(second: ModelServer, add_endpoint: AddEndpoint) -> None:
    out = StringIO()
    call_command("models", stdout=out)
    assert "No language model is set up" in out.getvalue()
    add_endpoint(second, "House model")
    call_command("models", "--try", "--json", stdout=(out := StringIO()))
    assert json.loads(out.getvalue())["models"][0]["tried"] == "ok"
    second.script.statuses = [500, 500]
    with pytest.raises(CommandError, match="Not every language model"):
        call_command("models", "--try", stdout=(out := StringIO()))
    assert "House model: m-2 at http://127.0.0.1" in out.getvalue()
    assert "refused (status 500)" in out.getvalue()
