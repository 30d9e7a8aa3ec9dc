"""Where the server itself may connect to: one guard for every connection whose address is not fixed in code.

``check(url)`` refuses what is not on the list of origins, resolves the name once, and gives the address to connect to.
Whoever connects uses that address and no other, and follows no redirects; so nobody can have a name mean one machine
when it is checked and another when it is used.

The list: the origins of FOOTNOTE_GENERATOR_URL and FOOTNOTE_OIDC_URL, which an administrator of the machine wrote, and
those of FOOTNOTE_OUTBOUND. ``https://*`` stands for every public machine. A name may mean public addresses; those of
the environment's own addresses private ones too; an entry ``http://gpu.example.org:8000=10.1.0.0/16`` says which
others. Loopback is reached only where an entry says ``localhost``, an address of loopback, or such a network.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PORTS = {"http": 80, "https": 443}
_PLAIN_URL = re.compile(r"[!#$%&'()*+,./0-9:;=?@A-Z\[\]_a-z~-]+", re.ASCII)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
_NUMBER = re.compile(r"(?:\d+|0x[0-9a-f]*)", re.ASCII)
_LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
_PRIVATE = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))
# Addresses that carry another one inside: a gateway would take it out again.
_WRAPPINGS = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")))


class OutboundRefused(Exception):
    """The server does not connect there. The message says why and names the setting; it holds no path and no key."""


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address. Connect to ``address``:``port`` and nowhere else; ``host`` is for TLS and the Host header."""

    url: str
    scheme: str
    host: str
    port: int
    address: str

    @property
    def pinned_url(self) -> str:
        """The same URL with the address in the place of the name."""
        literal = f"[{self.address}]" if ":" in self.address else self.address
        return urlsplit(self.url)._replace(netloc=f"{literal}:{self.port}").geturl()

    @property
    def host_header(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == PORTS[self.scheme] else f"{name}:{self.port}"


@dataclass(frozen=True, slots=True)
class _Origin:
    """An entry of the list, with the networks beside the public ones that its name may mean."""

    scheme: str
    host: str
    port: int
    networks: tuple[Network, ...] = ()

    def fits(self, scheme: str, host: str, port: int) -> bool:
        if self.host == "*":
            return scheme == self.scheme
        return (self.scheme, self.host, self.port) == (scheme, host, port)


def check(url: str) -> Target:
    """The one address of this URL that may be connected to. Raises OutboundRefused."""
    parts = _split(url)
    host, port = _host(parts), _port(parts)
    fitting = _fitting(parts.scheme, host, port)
    networks = tuple(network for origin in fitting for network in origin.networks)
    found = _resolve(host, port)
    # All of them must be fit: a name that also means a forbidden machine is not to be trusted with the others.
    for address in found:
        _require(host, address, networks)
    return Target(url, parts.scheme, host, port, str(found[0]))


def require_listed(url: str) -> None:
    """For forms: whether this URL could ever be connected to, without looking its name up. Raises OutboundRefused."""
    parts = _split(url)
    _fitting(parts.scheme, _host(parts), _port(parts))


def _fitting(scheme: str, host: str, port: int) -> list[_Origin]:
    fitting = [origin for origin in origins() if origin.fits(scheme, host, port)]
    if not fitting:
        raise OutboundRefused(
            f"{scheme}://{host}:{port} is not among the machines this server may connect to. An administrator "
            "of the machine can add it to FOOTNOTE_OUTBOUND."
        )
    return fitting


def origins() -> list[_Origin]:
    """The list of places. Raises OutboundRefused when an entry of the setting cannot be read."""
    found = []
    for url in (settings.GENERATOR_URL, settings.OIDC_URL):
        if url:
            parts = _split(url)
            host = _host(parts)
            found.append(_Origin(parts.scheme, host, _port(parts), (*_own(host), *_PRIVATE)))
    return found + [_entry(entry.strip()) for entry in settings.OUTBOUND if entry.strip()]


def _entry(entry: str) -> _Origin:
    url, _, network = entry.partition("=")
    if url == "https://*":
        return _Origin("https", "*", 443)
    try:
        networks = (ipaddress.ip_network(network),) if network else ()
    except ValueError as error:
        raise OutboundRefused(f"FOOTNOTE_OUTBOUND: {network} is not a network such as 10.1.0.0/16.") from error
    parts = _split(url)
    host = _host(parts)
    return _Origin(parts.scheme, host, _port(parts), (*networks, *_own(host)))


def _own(host: str) -> tuple[Network, ...]:
    """What an entry allows by naming it: an address itself, and loopback by its name."""
    if host == "localhost":
        return _LOOPBACK
    address = _literal(host)
    return () if address is None else (ipaddress.ip_network(str(address)),)


def _split(url: str) -> SplitResult:
    """The parts of a URL that every program reads alike. What can be read in two ways is refused, not repaired."""
    if not _PLAIN_URL.fullmatch(url):
        raise OutboundRefused("The address holds characters that programs read differently.")
    try:
        parts = urlsplit(url)
        scheme, netloc = parts.scheme, parts.netloc
    except ValueError as error:
        raise OutboundRefused("This is not an address.") from error
    if scheme not in PORTS or not url.startswith(f"{scheme}://"):
        raise OutboundRefused("An address begins with http:// or https://.")
    if "@" in netloc:
        raise OutboundRefused("An address has no name or password in it.")
    if "%" in netloc:
        raise OutboundRefused("The name of a machine is written without % signs.")
    return parts


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if _literal(host) is not None:
        return host
    labels = host.split(".")
    if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise OutboundRefused("The address names no machine.")
    if _NUMBER.fullmatch(labels[-1]):
        raise OutboundRefused("An IP address is written as four numbers, or in square brackets.")
    return host


def _port(parts: SplitResult) -> int:
    try:
        port = PORTS[parts.scheme] if parts.port is None else parts.port
    except ValueError as error:
        raise OutboundRefused("The address has a port that there cannot be.") from error
    if port == 0 or parts.netloc.endswith(":"):
        raise OutboundRefused("The address has a port that there cannot be.")
    return port


def _literal(host: str) -> Address | None:
    """An address in its one usual form; any other way to write it is None, and a name it cannot be."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return address if str(address) == host else None


def _resolve(host: str, port: int) -> list[Address]:
    literal = _literal(host)
    if literal is not None:
        return [literal]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OutboundRefused(f"{host} cannot be found.") from error
    addresses = [ipaddress.ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found]
    if not addresses:
        raise OutboundRefused(f"{host} cannot be found.")
    return addresses


def _require(host: str, address: Address, networks: tuple[Network, ...]) -> None:
    if any(address in network for network in networks):
        return
    wrapped = isinstance(address, ipaddress.IPv6Address) and (
        address.ipv4_mapped is not None or any(address in wrapping for wrapping in _WRAPPINGS)
    )
    if address.is_global and not address.is_multicast and not wrapped:
        return
    raise OutboundRefused(
        f"{host} is the address {address}, which is not a public one. An administrator of the machine can allow it "
        f"in FOOTNOTE_OUTBOUND, with ={address} behind the entry."
    )
