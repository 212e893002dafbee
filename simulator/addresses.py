"""Which addresses a button may open as a page within the chat."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def page_problem(address: str) -> str | None:
    """Why a button may not open this address, in Telegram's words; None where it may.

    Telegram takes https alone. Here http is taken too where it never leaves this machine: the demo has no certificate.
    """
    try:
        found = urlsplit(address)
        host = found.hostname or ""
    except ValueError:
        return "Wrong HTTP URL"
    if not host or ("." not in host and ":" not in host and host != "localhost"):
        return "Wrong HTTP URL"
    if found.scheme == "https" or (found.scheme == "http" and _is_this_machine(host)):
        return None
    return "Only HTTPS links are allowed"


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
