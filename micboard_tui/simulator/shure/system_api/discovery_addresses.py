"""The addresses at which the server looks for devices. Pure but for the requests.

They are kept and listed, and no device comes or goes by them. Source: docs/reference/protocols/shure.md 14.4.
"""

import json
from http import HTTPStatus
from ipaddress import AddressValueError, IPv4Address

from aiohttp import web

from micboard_tui.protocols.errors import ProtocolError

PATH = "/api/v1/config/discovery/ips"
MAX_ADDRESSES = 1000


class DiscoveryAddresses:
    """Of one server."""

    def __init__(self) -> None:
        self.hosts: list[str] = []

    def routes(self) -> list[web.RouteDef]:
        remove = f"{PATH}/remove"
        return [
            web.get(PATH, self._list),
            web.put(PATH, self._replace),
            web.patch(remove, self._remove),
            web.post(remove, self._remove),
        ]

    async def _list(self, request: web.Request) -> web.Response:  # noqa: ARG002 - there is one list
        body = json.dumps({"ips": self.hosts}).encode()
        return web.Response(body=body, content_type="application/json")

    async def _replace(self, request: web.Request) -> web.Response:
        self.hosts = read_addresses(await request.read())
        return web.Response(status=HTTPStatus.ACCEPTED)

    async def _remove(self, request: web.Request) -> web.Response:
        removed = set(read_addresses(await request.read()))
        self.hosts = [host for host in self.hosts if host not in removed]
        return web.Response(status=HTTPStatus.ACCEPTED)


def read_addresses(body: bytes) -> list[str]:
    """The addresses in a body, each once. Raises ProtocolError."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("no JSON") from error
    hosts = fields.get("ips") if isinstance(fields, dict) else None
    if not isinstance(hosts, list) or len(hosts) > MAX_ADDRESSES:
        raise ProtocolError("no list of addresses")
    return list(dict.fromkeys(_read_address(host) for host in hosts))


def _read_address(host: object) -> str:
    try:
        # Its text: a number would be taken as an address, too.
        return str(IPv4Address(str(host)))
    except AddressValueError as error:
        raise ProtocolError("no address") from error
