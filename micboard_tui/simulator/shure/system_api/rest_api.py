"""Answers REST requests about the site, as the server does.

Source: docs/reference/protocols/shure.md 14.1, 14.2.
"""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import TypeAlias

from aiohttp import web

from micboard_tui.protocols.errors import ProtocolError
from micboard_tui.protocols.shure_system_api.messages import DeviceList, Feature, ListedDevice
from micboard_tui.protocols.shure_system_api.paths import (
    CHANNELS,
    DEVICES,
    KEY_HEADER,
    RANGE,
    Topic,
)
from micboard_tui.protocols.shure_system_api.reading import read_value
from micboard_tui.protocols.shure_system_api.writing import (
    write_channels,
    write_devices,
    write_problem,
    write_range,
    write_value,
)
from micboard_tui.simulator.shure.system_api.discovery_addresses import DiscoveryAddresses
from micboard_tui.simulator.shure.system_api.site_devices import OFFLINE, AudioUnit, RefusedError, Site, Unit
from micboard_tui.simulator.shure.system_api.system_api_faults import SystemApiFaults

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
MAX_BODY = 64 * 1024


class RestApi:
    """All of the API but the WebSocket and its subscriptions."""

    def __init__(self, site: Site, faults: SystemApiFaults, api_key: str) -> None:
        self._site = site
        self._faults = faults
        self.api_key = api_key
        self._discovery_addresses = DiscoveryAddresses()

    def routes(self) -> list[web.RouteDef]:
        device = f"{DEVICES}/{{device}}"
        channel = f"{device}/{CHANNELS}/{{channel}}"
        return [
            web.get(DEVICES, self._list),
            web.get(f"{device}/{CHANNELS}", self._list_channels),
            web.get(f"{channel}/{Feature.GAIN}/{RANGE}", self._get_range),
            web.post(f"{device}/{Feature.IDENTIFY}/{{act}}", self._identify),
            *self._discovery_addresses.routes(),
            *(
                route
                for path in (f"{device}/{{feature}}", f"{channel}/{{feature}}")
                for route in (web.get(path, self._get_value), web.patch(path, self._set_value))
            ),
        ]

    def listed_devices(self) -> tuple[ListedDevice, ...]:
        """As the switches have it."""
        offline, unlisted = self._faults.offline_models, self._faults.unlisted_models
        return tuple(
            unit.listed._replace(state=OFFLINE) if unit.listed.model in offline else unit.listed
            for unit in self._site.units.values()
            if unit.listed.model not in unlisted
        )

    def unit(self, device_id: str) -> Unit:
        """A device that is there and on; raises KeyError."""
        unit = self._site.units[device_id]
        if unit.listed.model in self._faults.offline_models | self._faults.unlisted_models:
            raise KeyError(device_id)
        return unit

    @web.middleware
    async def check_request(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """What comes before any answer: the key, the odd rule about bodies, and the faults."""
        if request.headers.get(KEY_HEADER) != self.api_key or self._faults.refuse_key:
            return problem_response(request, HTTPStatus.UNAUTHORIZED, "Request Unauthorized.")
        if self._faults.failing:
            return problem_response(request, HTTPStatus.SERVICE_UNAVAILABLE, "Service unavailable")
        announces_json = request.method == "POST" and request.content_type == "application/json"
        if announces_json and not request.body_exists:
            # A POST without a body must not claim to have one (docs/reference/protocols/shure.md 14.1).
            return problem_response(request, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "A body was announced")
        try:
            return await handler(request)
        except (KeyError, StopIteration):
            return problem_response(request, HTTPStatus.NOT_FOUND, "Not found")
        except (RefusedError, ProtocolError, UnicodeDecodeError):
            return problem_response(request, HTTPStatus.BAD_REQUEST, "The value cannot be taken")

    async def _list(self, request: web.Request) -> web.Response:  # noqa: ARG002 - there is one list
        return json_response(write_devices(DeviceList(self.listed_devices()), self._faults.shape))

    async def _list_channels(self, request: web.Request) -> web.Response:
        unit = self.unit(request.match_info["device"])
        if not unit.channels:
            raise KeyError
        return json_response(write_channels(unit.channels))

    async def _get_value(self, request: web.Request) -> web.Response:
        topic = topic_of(request.match_info)
        return json_response(write_value(topic.feature, self.unit(topic.device_id).value(topic)))

    async def _set_value(self, request: web.Request) -> web.Response:
        topic = topic_of(request.match_info)
        self.unit(topic.device_id).set(topic, read_value(topic.feature, await request.read()))
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def _get_range(self, request: web.Request) -> web.Response:
        unit = self.unit(request.match_info["device"])
        if not isinstance(unit, AudioUnit):
            raise KeyError
        return json_response(write_range(unit.range))

    async def _identify(self, request: web.Request) -> web.Response:
        switches = {"start": True, "stop": False}
        device_id = request.match_info["device"]
        self.unit(device_id).set(Topic(device_id, Feature.IDENTIFY), switches[request.match_info["act"]])
        return web.Response(status=HTTPStatus.NO_CONTENT)


def topic_of(path_fields: Mapping[str, str]) -> Topic:
    """What a path is about; raises KeyError for a feature that does not exist."""
    try:
        return Topic(path_fields["device"], Feature(path_fields["feature"]), path_fields.get("channel"))
    except ValueError:
        raise KeyError(path_fields["feature"]) from None


def json_response(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json")


def problem_response(request: web.Request, status: HTTPStatus, title: str) -> web.Response:
    body = write_problem(status, title, status.description or title, request.path[:MAX_BODY])
    return web.Response(status=status, body=body, content_type="application/problem+json")
