"""Where messages may go: the address of a subscriber's door, as far as it can be judged without going there.

Whoever subscribes names an address that our server will call, so it could name a machine that only our server reaches
(Standard Webhooks: Server side request forgery). A name is judged here; what it resolves to, by whoever connects.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import SplitResult, urlsplit

from linguapay_core.domain.errors import Invalid

LONGEST_URL: Final = 2000

THIS_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""The hosts that a rehearsal may call, over plain HTTP too."""

NEVER: Final = tuple(
    map(
        ip_network,
        (
            "168.63.129.16/32",  # where a cloud tells its machines their secrets, although the address is public
            "192.0.0.0/24",  # for protocols, and where another cloud does so (RFC 6890)
            "192.88.99.0/24",  # 6to4 relays (RFC 7526)
            "::ffff:0:0/96",  # an IPv4 address inside an IPv6 one, which says nothing of what it leads to (RFC 4291)
            "::/96",  # the same as it was written once (RFC 4291, section 2.5.5.1)
            "64:ff9b::/96",  # the same by NAT64 (RFC 6052)
            "64:ff9b:1::/48",  # (RFC 8215)
            "2001::/32",  # Teredo (RFC 4380)
            "2002::/16",  # 6to4 (RFC 3056)
            "3fff::/20",  # for documentation (RFC 9637)
            "5f00::/16",  # segments of routes (RFC 9602)
            "fec0::/10",  # what was site-local once (RFC 3879)
        ),
    )
)
"""Addresses that look public and aren't, or may not be."""

Address = IPv4Address | IPv6Address


def is_public(address: Address) -> bool:
    """Whether an address is anybody's: not private, loopback, link-local, multicast, nor a way around these."""
    return address.is_global and not address.is_multicast and not any(address in network for network in NEVER)


def check_url(url: str, *, this_machine: bool = False) -> str:
    """The URL, if messages may go there: HTTPS, to a public name or address.

    With ``this_machine`` also HTTP, and to this machine only. Raises ``Invalid``.
    """
    parts = _split(url)
    host = parts.hostname or ""
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Invalid("url", "an address has no user, no password and no fragment.")
    if this_machine and parts.scheme in ("http", "https") and host in THIS_MACHINE:
        return url
    if parts.scheme != "https":
        raise Invalid("url", "messages go over HTTPS: https://lessons.example/events.")
    address = _literal(host)
    if host in THIS_MACHINE or (address is not None and not is_public(address)):
        raise Invalid("url", f"{host} is no public address.")
    if address is None and "." not in host.strip("."):
        raise Invalid("url", "a host has its full name, as lessons.example.")
    return url


def _split(url: str) -> SplitResult:
    if not 0 < len(url) <= LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise Invalid("url", f"an address is 1 to {LONGEST_URL} characters of ASCII without spaces.")
    try:
        parts = urlsplit(url)
        asks_for = parts.port
    except ValueError as error:
        raise Invalid("url", f"that is no URL: {error}.") from error
    if not parts.hostname or asks_for == 0:
        raise Invalid("url", "an address names a host: https://lessons.example/events.")
    return parts


def _literal(host: str) -> Address | None:
    """The address that stands where a name could."""
    try:
        return ip_address(host)
    except ValueError:
        return None
