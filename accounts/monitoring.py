"""Which programs may read the figures for monitoring: one on this machine, or one that shows the token for it.

A request that came through a proxy comes from this machine as well, if the proxy stands here; so nearness counts only
where there is no sign of one. With a token set, nothing else counts.
"""

from __future__ import annotations

import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest

_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_VIA")


def may_measure(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.META.get("HTTP_AUTHORIZATION", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    proxied = settings.PROXIES or settings.BEHIND_TLS or any(name in request.META for name in _FORWARDED)
    return not proxied and _is_loopback(request.META.get("REMOTE_ADDR", ""))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
