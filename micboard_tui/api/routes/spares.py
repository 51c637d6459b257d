"""Which channels could take over when one fails."""

from fastapi import APIRouter, Request, Response

from micboard_tui.api.access import Watcher
from micboard_tui.api.answers import answer
from micboard_tui.api.context import Context
from micboard_tui.api.errors import ApiError
from micboard_tui.api.models.errors import ErrorAnswer
from micboard_tui.api.models.spares import Spares
from micboard_tui.api.rack_queries import ChannelPath
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.domain.identity import channel_label
from micboard_tui.domain.spare import SpareCandidate, rank_spares

MAX_SPARES = 5

ROUTER = APIRouter(prefix="/api/v1/channels", tags=["channels"])


@ROUTER.get(
    "/{device_id}/{number}/spares",
    response_model=Spares,
    responses={404: {"model": ErrorAnswer, "description": "There is no such channel"}},
    summary="What could take over from a channel",
)
async def list_spares(request: Request, context: Context, _: Watcher, channel: ChannelPath) -> Response:
    """The channels that could take over from this one, the best first; five at most."""
    live = context.services.live
    if live.channel(channel) is None:
        raise ApiError(
            ErrorInfo(
                ErrorCode.CHANNEL_NOT_FOUND,
                "No registered device has that channel",
                hint="/api/v1/devices lists them all",
            )
        )
    devices = live.snapshot()
    titles = {device.device.id: device.title for device in devices}
    ranked = rank_spares(channel, devices, live.now())[:MAX_SPARES]
    entries = [_spare_entry(candidate, titles[candidate.state.device_id]) for candidate in ranked]
    return await answer(request, {"spares": entries})


def _spare_entry(candidate: SpareCandidate, device: str) -> dict[str, object]:
    state = candidate.state
    return {
        "device_id": state.device_id,
        "number": state.number,
        "name": state.display_name or channel_label(device, state.number),
        "mic_number": state.mic_number,
        "is_ready": candidate.is_ready,
        "reasons": list(candidate.reasons),
    }
