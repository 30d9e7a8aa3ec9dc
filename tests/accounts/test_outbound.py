"""Where the server connects to: only what an administrator of the machine listed, at the address that was checked.

The resolver's double stands at the socket: whatever looks a name up or connects, it is seen and counted there.
"""

from __future__ import annotations

import ast
import ipaddress
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from django.conf import settings as product
from pytest_django import Settings

from accounts import outbound
from accounts.company_http import GuardedSession
from accounts.outbound import OutboundRefused
from assistant.endpoints.calls import Journal
from assistant.errors import GeneratorUnavailable
from assistant.generators import get_chat
from tests.assistant.model_server import ModelServer, Script

PUBLIC = "93.184.216.34"
# Sixty ways to write the loopback, a private or a metadata address, or to smuggle one past a reader.
FORMS = Path(__file__).with_name("addresses.txt").read_text(encoding="utf-8").splitlines()
ADDRESSES = [*FORMS, "http://allowed.example.org\t.evil.example/", "http://allowed.example.org\n@127.0.0.1/"]


class Wire:
    """The resolver and the connections of this process, as a story has them."""

    def __init__(self) -> None:
        self.names: dict[str, list[list[str]]] = {}
        self.lookups: list[str] = []
        self.connections: list[tuple[str, int]] = []
        self.goes_to: int | None = None  # the port of a server here that stands for the public machine

    def resolve(self, host: object, port: object, *rest: object, **kinds: object) -> list[tuple[object, ...]]:
        name = host.decode() if isinstance(host, bytes) else str(host)
        try:
            addresses = [str(ipaddress.ip_address(name))]
        except ValueError:
            self.lookups.append(name)
            answers = self.names.get(name)
            if not answers:
                raise socket.gaierror(socket.EAI_NONAME, "not known") from None
            addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, int(str(port or 0)))) for address in addresses]


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    seen, connect = Wire(), socket.socket.connect

    def watched(this: socket.socket, address: tuple[str, int]) -> None:
        if this.family not in {socket.AF_INET, socket.AF_INET6}:
            connect(this, address)
            return
        seen.connections.append((address[0], address[1]))
        if address[0] == PUBLIC and seen.goes_to is not None:
            connect(this, ("127.0.0.1", seen.goes_to))
            return
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", seen.resolve)
    monkeypatch.setattr(socket.socket, "connect", watched)
    yield seen


@pytest.fixture(autouse=True)
def listed(settings: Settings) -> None:
    settings.OUTBOUND = ["http://allowed.example.org"]
    settings.GENERATOR_URL = settings.OIDC_URL = ""


def test_there_are_more_than_sixty_forms() -> None:
    assert len(set(ADDRESSES)) >= 60


@pytest.mark.parametrize("url", ADDRESSES)
def test_no_form_of_an_address_gets_past_the_list(url: str, wire: Wire) -> None:
    wire.names["allowed.example.org"] = [[PUBLIC]]
    with pytest.raises(OutboundRefused):
        outbound.check(url)
    with pytest.raises(requests.RequestException):
        GuardedSession(1).get(url)
    # The client repairs some of them before it asks; then it is the machine that is allowed, and no other.
    assert set(wire.connections) <= {(PUBLIC, 80)}


@pytest.mark.parametrize("url", [url for url in ADDRESSES if "allowed" not in url])
def test_no_form_of_an_inner_address_is_a_public_machine(url: str, wire: Wire, settings: Settings) -> None:
    """Also when every public machine is allowed, and whatever a name means."""
    settings.OUTBOUND = ["https://*"]
    with pytest.raises(OutboundRefused):
        outbound.check(url.replace("http:", "https:", 1))


INNER = ["127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "192.0.2.1"]
INNER += ["::1", "fd00::1", "fe80::1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "::127.0.0.1"]


@pytest.mark.parametrize("address", INNER)
def test_a_listed_name_that_means_an_inner_machine_is_refused(address: str, wire: Wire) -> None:
    wire.names["allowed.example.org"] = [[address]]
    with pytest.raises(OutboundRefused, match="not a public one"):
        outbound.check("http://allowed.example.org/v1")
    wire.names["allowed.example.org"] = [[PUBLIC, address]]
    with pytest.raises(OutboundRefused):
        outbound.check("http://allowed.example.org/v1")


def test_what_an_administrator_listed_is_reached(wire: Wire, settings: Settings) -> None:
    wire.names |= {"allowed.example.org": [[PUBLIC]], "gpu.example.org": [["10.1.2.3"]], "llm": [["10.9.9.9"]]}
    wire.names["localhost"] = [["127.0.0.1"]]
    target = outbound.check("http://allowed.example.org/v1/chat?x=1")
    assert target.pinned_url == f"http://{PUBLIC}:80/v1/chat?x=1"
    assert target.host_header == "allowed.example.org"
    settings.OUTBOUND = ["http://gpu.example.org:8000=10.1.0.0/16", " http://127.0.0.1:8080", "http://[::1]:8080"]
    assert outbound.check("http://gpu.example.org:8000/v1").address == "10.1.2.3"
    assert outbound.check("http://gpu.example.org:8000/v1").host_header == "gpu.example.org:8000"
    assert outbound.check("http://127.0.0.1:8080/").address == "127.0.0.1"
    assert outbound.check("http://[::1]:8080/").pinned_url == "http://[::1]:8080/"
    with pytest.raises(OutboundRefused):
        outbound.check("http://127.0.0.1:6379/")
    settings.OUTBOUND, settings.GENERATOR_URL = [], "http://llm:8000/v1"
    assert outbound.check("http://llm:8000/v1/models").address == "10.9.9.9"
    wire.names["llm"] = [["127.0.0.1"]]
    with pytest.raises(OutboundRefused):
        outbound.check("http://llm:8000/v1/models")
    settings.GENERATOR_URL = "http://localhost:8000/v1"
    assert outbound.check("http://localhost:8000/v1").address == "127.0.0.1"


@pytest.mark.django_db
def test_a_name_that_changes_its_mind_reaches_nobody_else(wire: Wire, settings: Settings) -> None:
    """Public when it is checked and loopback a moment later: the address that was checked is the one that is used."""
    with ModelServer(Script()) as inner, ModelServer(Script()) as public:
        wire.goes_to = int(public.url.split(":")[2].split("/")[0])
        inner_port = int(inner.url.split(":")[2].split("/")[0])
        wire.names["allowed.example.org"] = [[PUBLIC], ["127.0.0.1"]]
        settings.GENERATOR, settings.GENERATOR_MODEL = "openai", "scripted"
        settings.GENERATOR_URL = f"http://allowed.example.org:{inner_port}/v1"
        said = "".join(get_chat(5, 50, Journal()).say([{"role": "user", "content": "?"}]))  # type: ignore[union-attr]
        assert "€145" in said
        assert wire.lookups == ["allowed.example.org"]
        assert wire.connections == [(PUBLIC, inner_port)]
        assert (len(public.requests), len(inner.requests)) == (1, 0)
        with pytest.raises(GeneratorUnavailable):
            "".join(get_chat(5, 50, Journal()).say([{"role": "user", "content": "?"}]))  # type: ignore[union-attr]
        assert wire.connections == [(PUBLIC, inner_port)], "now that it means loopback, nothing is connected at all"


def test_a_company_sign_in_is_pinned_and_follows_nothing(wire: Wire, settings: Settings) -> None:
    with ModelServer(Script()) as public:
        wire.goes_to = int(public.url.split(":")[2].split("/")[0])
        settings.OUTBOUND = ["http://sign-in.example.org"]
        wire.names["sign-in.example.org"] = [[PUBLIC], [PUBLIC], ["127.0.0.1"]]
        assert GuardedSession(5).post("http://sign-in.example.org/token", json={}).status_code == 200
        assert wire.connections == [(PUBLIC, 80)]
        public.script = Script(statuses=[302], headers={"Location": "http://127.0.0.1/"})
        wire.names["sign-in.example.org"] = [[PUBLIC]]
        with pytest.raises(requests.RequestException, match="points elsewhere"):
            GuardedSession(5).post("http://sign-in.example.org/token", json={})
        assert {address for address, _ in wire.connections} == {PUBLIC}


@pytest.mark.django_db
def test_a_language_model_that_points_elsewhere_is_not_followed(wire: Wire, settings: Settings) -> None:
    with ModelServer(Script(statuses=[307, 307], headers={"Location": "http://127.0.0.1:1/"})) as public:
        wire.goes_to = int(public.url.split(":")[2].split("/")[0])
        wire.names["allowed.example.org"] = [[PUBLIC]]
        settings.GENERATOR, settings.GENERATOR_MODEL = "openai", "scripted"
        settings.GENERATOR_URL = "http://allowed.example.org/v1"
        with pytest.raises(GeneratorUnavailable):
            "".join(get_chat(5, 50, Journal()).say([{"role": "user", "content": "?"}]))  # type: ignore[union-attr]
        assert {address for address, _ in wire.connections} == {PUBLIC}


# Every module that can open a connection, and why that is in order. A new one fails the test until it stands here.
PLACES = {
    "accounts/company_http.py": "company sign-in: guarded",
    "accounts/counters.py": "the broker: REDIS_URL, from the environment alone",
    "accounts/notices/telling.py": "the broker: REDIS_URL, from the environment alone",
    "accounts/outbound.py": "the guard looks names up, and connects to nothing",
    "assistant/evaluating/runs.py": "the broker: REDIS_URL, from the environment alone",
    "assistant/generators/openai_compatible.py": "language models: guarded",
    "config/broker.py": "asks the broker of this home for a sign of life, over its Unix socket",
    "config/health.py": "the broker: REDIS_URL, from the environment alone",
    "config/load/site.py": "asks the site it has just started whether it answers",
    "config/management/commands/up.py": "hands on the socket that the site listens on",
    "config/serving.py": "serves the site on the socket it is handed",
    "config/settings.py": "kombu's queue as a value",
    "ingest/management/commands/ingest.py": "the broker: REDIS_URL, from the environment alone",
    "ingest/tasks.py": "the broker: REDIS_URL, from the environment alone",
    "config/installation.py": "asks the site it has just started whether it answers, and listens for it",
    "knowledge/forking.py": "socket pairs between processes of this machine",
    "knowledge/proof/alarm.py": "the mail server: from the environment alone",
    "knowledge/sandbox_child.py": "socket pairs between processes of this machine",
}
CONNECTING = {"aiohttp", "ftplib", "http.client", "httpx", "imaplib", "kombu", "poplib", "redis", "requests", "smtplib"}
CONNECTING |= {"socket", "telnetlib", "urllib.request", "urllib3", "websockets", "xmlrpc"}


def test_every_place_that_connects_is_known() -> None:
    found = set()
    for app in ("accounts", "assistant", "config", "ingest", "knowledge"):
        for path in (Path(product.BASE_DIR) / app).rglob("*.py"):
            names = imported(ast.parse(path.read_text()))
            if any(name == one or name.startswith(f"{one}.") for name in names for one in CONNECTING):
                found.add(str(path.relative_to(product.BASE_DIR)))
    assert found == set(PLACES)


def imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names
