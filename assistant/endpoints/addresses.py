"""Addresses of endpoints."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

from accounts import outbound


def check_address(address: str) -> None:
    """Raises ValidationError unless it is a plain http(s) address that this server may connect to.

    One with a password in it would be a stored key.
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValidationError("This is not an address.") from error
    if parts.scheme not in {"http", "https"} or not host or any(c.isspace() for c in address):
        raise ValidationError("It begins with http:// or https:// and names a machine.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValidationError("An address without a name, password or parameters: keys are named in a field below.")
    try:
        outbound.require_listed(address)
    except outbound.OutboundRefused as refused:
        raise ValidationError(str(refused)) from refused
