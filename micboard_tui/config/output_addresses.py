"""Addresses as they stand in the settings: of outputs, and of what listens."""

from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

DEFAULT_TOPIC = "micboard"
MQTT_PORT, MQTTS_PORT = 1883, 8883


class BrokerAddress(NamedTuple):
    """Where an MQTT broker is, and how to enter."""

    host: str
    port: int
    topic: str
    username: str | None = None
    password: str | None = None
    has_tls: bool = False


def split_address(address: str) -> tuple[str, int]:
    """``host:port``, an IPv6 address in brackets. Raises ValueError."""
    try:
        parts = urlsplit(f"//{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port is None:
        raise ValueError("should be host:port")
    return host, port


def is_loopback(host: str | None) -> bool:
    """Whether a host names this computer to itself: localhost, ::1 or any address of 127.0.0.0/8."""
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def split_broker(url: str) -> BrokerAddress:
    """``mqtt://user:password@host:port/topic``. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
        raise ValueError("should be mqtt://host/topic, or mqtts:// over TLS")
    has_tls = parts.scheme == "mqtts"
    topic = unquote(parts.path).strip("/") or DEFAULT_TOPIC
    if "+" in topic or "#" in topic or "#" in url:
        raise ValueError("should have a topic without + and #")
    return BrokerAddress(
        parts.hostname,
        parts.port or (MQTTS_PORT if has_tls else MQTT_PORT),
        topic,
        None if parts.username is None else unquote(parts.username),
        None if parts.password is None else unquote(parts.password),
        has_tls,
    )
