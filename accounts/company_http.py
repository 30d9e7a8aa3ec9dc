"""The connections of a company sign-in, which allauth makes with ``requests``: checked, pinned, without redirects."""

from __future__ import annotations

from typing import Any

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as NoConnection

from accounts import outbound


class PinnedAdapter(HTTPAdapter):
    """Connects to the address that was checked, with the certificate of the name that was asked for."""

    def build_connection_pool_key_attributes(
        self, request: PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        host, tls = super().build_connection_pool_key_attributes(request, verify, cert)
        target = _checked(request)
        host["host"], host["port"] = target.address, target.port
        if target.scheme == "https":
            tls["server_hostname"] = tls["assert_hostname"] = target.host
        return host, tls

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        request.headers["Host"] = _checked(request).host_header
        response = super().send(request, *args, **kwargs)
        if response.is_redirect:
            response.close()
            raise NoConnection("The company sign-in points elsewhere, which is not followed.", request=request)
        return response

    def proxy_headers(self, proxy: str) -> dict[str, str]:
        raise NoConnection("The company sign-in is not asked through a proxy.")


class GuardedSession(Session):
    """Settings of the environment (proxies, .netrc) count for nothing here."""

    def __init__(self, timeout: float) -> None:
        super().__init__()
        self._timeout = timeout
        self.trust_env = False
        for start in ("https://", "http://"):
            self.mount(start, PinnedAdapter())

    def request(self, method: str, url: Any, *args: Any, **kwargs: Any) -> Response:
        kwargs.setdefault("timeout", self._timeout)
        return super().request(method, url, *args, **kwargs)


def _checked(request: PreparedRequest) -> outbound.Target:
    try:
        return outbound.check(request.url or "")
    except outbound.OutboundRefused as refused:
        raise NoConnection(str(refused), request=request) from refused
