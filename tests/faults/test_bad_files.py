"""Bad files and bad bodies through the real site with its real workers: every file is ready or failed with a reason, no
program writes a traceback, and the site goes on. Every seventh file every day, all of them with ``-m full``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from tests.faults.bad_files import Bad, bad_files
from tests.faults.visitor import Visitor, jobs, logged, wait_for
from tests.journeys.site import Site, running_site

ALL = list(bad_files())
ENDED = {"done", "failed"}
_EDGE = b"----edge"
_FORM = b"multipart/form-data; boundary=--edge"
BODIES: dict[str, tuple[bytes, bytes]] = {  # content type, body
    "no boundary": (b"multipart/form-data", b"words"),
    "empty boundary": (b"multipart/form-data; boundary=", b"--\r\n\r\n--"),
    "boundary of odd letters": (b"multipart/form-data; boundary=\xff\xfe", b"words"),
    "never begins": (_FORM, b"words and no edge"),
    "never ends": (_FORM, _EDGE + b'\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nwords'),
    "no headers": (_FORM, _EDGE + b"\r\n\r\nwords\r\n" + _EDGE + b"--\r\n"),
    "no name": (_FORM, _EDGE + b"\r\nContent-Disposition: form-data\r\n\r\nwords\r\n" + _EDGE + b"--\r\n"),
    "name of NUL": (
        _FORM,
        _EDGE
        + b'\r\nContent-Disposition: form-data; name="file"; filename="a\0b.txt"\r\n\r\nw\r\n'
        + _EDGE
        + b"--\r\n",
    ),
    "not in base64": (
        _FORM,
        _EDGE + b'\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!!\r\n" + _EDGE + b"--\r\n",
    ),
    "many fields": (b"application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(5000))),
    "NUL in a field": (b"application/x-www-form-urlencoded", b"collection=1%00&name=%00&question=%00"),
    "halves of letters": (b"application/x-www-form-urlencoded", b"collection=%ff%fe&name=%ed%a0%80&question=%ff"),
    "unknown charset": (b"application/x-www-form-urlencoded; charset=no-such", b"question=words"),
    "not JSON": (b"application/json", b'{"question": '),
    "deep JSON": (b"application/json", b"[" * 200000),
    "another kind": (b"application/xml", b"<a>&b;</a>"),
    "nothing": (b"", b""),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("home")) as running:
        yield running


def stands(site: Site, files: Sequence[Bad]) -> None:
    before = len(jobs(site))
    with Visitor(site, "alice") as alice:
        answers = {name: alice.upload(name, content) for name, content in files}
        for name, answer in answers.items():
            assert answer.status_code in {200, 201, 400, 413}, (name, answer.status_code)
            assert answer.json()["message"].endswith("."), name
        received = [answer for answer in answers.values() if answer.status_code == 201]
        wait_for(lambda: {state for _, state, _ in jobs(site)} <= ENDED)
        assert len(jobs(site)) == before + len(received)
        for name, state, sentence in jobs(site):
            assert (state == "done") or (sentence.endswith(".") and len(sentence.split()) > 3), name
            assert "stopped without an answer" not in sentence, f"{name} cost a worker"
        assert alice.upload("afterwards.txt", f"After {len(files)}: doors close at six.".encode()).status_code == 201
        wait_for(lambda: any((n, s) == ("afterwards.txt", "done") for n, s, _ in jobs(site)))
    assert "Traceback" not in logged(site)


def test_there_are_enough_of_them() -> None:
    assert len(ALL) + len(BODIES) >= 150


@pytest.mark.slow
def test_bad_files_end_ready_or_with_a_reason(site: Site) -> None:
    stands(site, ALL[::7])


@pytest.mark.full
def test_every_bad_file_ends_ready_or_with_a_reason(site: Site) -> None:
    stands(site, ALL)


@pytest.mark.slow
@pytest.mark.parametrize("path", [b"/upload/files/", b"/ask/"])
def test_bad_bodies_are_refused_and_the_site_goes_on(site: Site, path: bytes) -> None:
    with Visitor(site, "alice") as alice:
        host, token = site.url.removeprefix("http://").encode(), alice.headers["X-CSRFToken"].encode()
        for what, (kind, body) in BODIES.items():
            head = b"POST %s HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\nCookie: {cookies}\r\n" % (path, host, host)
            head += b"X-CSRFToken: %s\r\nX-Requested-With: fetch\r\nConnection: close\r\n" % token
            head += b"Content-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, len(body))
            status = alice.raw(head + body).split()[1]
            assert status[:1] in {b"2", b"3", b"4"}, (what, status)
        broken = b"POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: 900\r\n\r\ncut" % (path, host)
        alice.raw(broken, cut=True)
        assert alice.client.get("/").status_code == 200
    assert "Traceback" not in logged(site)
