"""``thresholds``: the numbers that channels are judged by, and the active profile."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.command_group import CommandGroup
from micboard_tui.cli.options import Json
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.units import format_count

if TYPE_CHECKING:
    from micboard_tui.contracts.services import Services
    from micboard_tui.contracts.thresholds import ThresholdTable
    from micboard_tui.domain.threshold_set import ThresholdName, ThresholdOverride, ThresholdScope

app = CommandGroup(
    "Numbers that channels are judged by, and profiles.\n\n"
    'micboard-tui thresholds set rf.low_dbm -80 --location "Main Stage"'
)


class ProfileChoice(StrEnum):
    SOUNDCHECK = "soundcheck"
    SHOW = "show"
    BREAK = "break"
    TEARDOWN = "teardown"
    NONE = "none"


Number = Annotated[str, typer.Argument(metavar="NAME", help="Which number, as rf.low_dbm; see the list.")]
Profile = Annotated[
    ShowProfile | None, typer.Option("--profile", help="In this profile only; left out: in every one.")
]
Location = Annotated[
    str | None, typer.Option("--location", metavar="LOCATION", help="For the channels of a location.")
]
Wearer = Annotated[
    str | None, typer.Option("--performer", metavar="PERFORMER", help="For the channels of a performer.")
]
OneChannel = Annotated[
    str | None, typer.Option("--channel", metavar="CHANNEL", help='For one channel, as "Rack A/2".')
]


@app.command("list")
def list_thresholds(as_json: Json = False) -> None:
    """List all numbers, and what replaces those of the settings.

    micboard-tui thresholds list
    """
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_line, print_table
    from micboard_tui.contracts.documents.thresholds import thresholds_document
    from micboard_tui.domain.threshold_set import SPECS, format_threshold, values_of

    async def read(services: "Services") -> "tuple[ThresholdTable, list[str]]":
        table = data_of(await services.thresholds.list_thresholds())
        scopes = [override.scope for override in table.overrides]
        return table, list(data_of(await services.thresholds.describe_scopes(scopes)))

    table, titles = run_with_services(read)
    if as_json:
        print_json(thresholds_document(table, titles))
        return
    base = values_of(table.base)
    rows = [
        (name.value, SPECS[name].title, format_threshold(name, value), "settings")
        for name, value in base.items()
    ]
    rows += [
        (
            override.name.value,
            SPECS[override.name].title,
            format_threshold(override.name, override.value),
            title,
        )
        for override, title in zip(table.overrides, titles, strict=True)
    ]
    print_table(("name", "what", "value", "for"), rows, spare=("what",))
    print_line(f"Active profile: {table.profile.value}")


@app.command("set", context_settings={"ignore_unknown_options": True})
def set_threshold(
    name: Number,
    value: Annotated[float, typer.Argument(metavar="VALUE", help="In the unit of the name.")],
    profile: Profile = None,
    location: Location = None,
    performer: Wearer = None,
    channel: OneChannel = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Only say how many channels it would mark now.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Replace a number for all, a location, a performer or a channel.

    The narrower wins, and within it the number of the profile. Undo it with: micboard-tui undo

    micboard-tui thresholds set rf.low_dbm -80 --location "Main Stage"

    micboard-tui thresholds set battery.low_minutes 60 --profile soundcheck
    """
    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.output import print_json, print_line
    from micboard_tui.contracts.documents.thresholds import override_entry
    from micboard_tui.domain.threshold_set import SPECS, ThresholdOverride, format_threshold

    found, operator = _parse_name(name), load_context().operator

    async def change(services: "Services") -> "tuple[ThresholdScope, str, int | None]":
        scope = await _find_scope(services, profile, location, performer, channel)
        count = data_of(await services.thresholds.preview(scope, found, value))
        if not preview:
            data_of(await services.thresholds.change(scope, found, value, actor=operator))
        return scope, data_of(await services.thresholds.describe_scopes([scope]))[0], count

    scope, title, count = run_with_services(change)
    if as_json:
        entry = override_entry(ThresholdOverride(scope, found, value), title)
        print_json({"threshold": entry, "is_set": not preview, "channels_marked": count})
        return
    spec = SPECS[found]
    number = f"{spec.title} {format_threshold(found, value)}"
    if count is None:
        not_counted = "no channel is heard now, so none is counted"
        print_line(f"{number} for {title}{' was not set' if preview else ''}; {not_counted}.")
    elif preview:
        print_line(f"{number} would mark {format_count(count, 'channel')} of {title} now.")
    else:
        print_line(f"{number} for {title}; it marks {format_count(count, 'channel')} now.")


@app.command()
def reset(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Which number; left out: all of them.")
    ] = None,
    profile: Profile = None,
    location: Location = None,
    performer: Wearer = None,
    channel: OneChannel = None,
    as_json: Json = False,
) -> None:
    """Take numbers away that were set for exactly this.

    micboard-tui thresholds reset rf.low_dbm --location "Main Stage"
    """
    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.output import print_json, print_line
    from micboard_tui.contracts.documents.thresholds import override_entry

    found, operator = None if name is None else _parse_name(name), load_context().operator

    async def take_away(services: "Services") -> "tuple[list[ThresholdOverride], str]":
        scope = await _find_scope(services, profile, location, performer, channel)
        gone = data_of(await services.thresholds.reset(scope, found, actor=operator))
        return list(gone), data_of(await services.thresholds.describe_scopes([scope]))[0]

    gone, title = run_with_services(take_away)
    if as_json:
        print_json({"reset": [override_entry(override, title) for override in gone]})
    elif gone:
        print_line(f"Reset for {title}: {', '.join(override.name.value for override in gone)}.")
    else:
        print_line(f"Nothing was set for {title}.")


@app.command()
def profile(
    to: Annotated[ProfileChoice, typer.Argument(metavar="PROFILE", help="none: that of a show.")],
    as_json: Json = False,
) -> None:
    """Choose the profile that counts while no show is current.

    micboard-tui thresholds profile soundcheck
    """
    from micboard_tui.cli.context import data_of, load_context, run_with_services
    from micboard_tui.cli.output import print_json, print_line

    operator = load_context().operator
    chosen = None if to is ProfileChoice.NONE else ShowProfile(to.value)
    active = data_of(
        run_with_services(lambda services: services.thresholds.choose_profile(chosen, actor=operator))
    )
    if as_json:
        print_json({"chosen_profile": None if chosen is None else chosen.value, "profile": active.value})
    else:
        print_line(f"Active profile: {active.value}")


def _parse_name(text: str) -> "ThresholdName":
    from micboard_tui.domain.near_name import suggest
    from micboard_tui.domain.threshold_set import ThresholdName

    names = [name.value for name in ThresholdName]
    if text not in names:
        hint = suggest("See all with: micboard-tui thresholds list", text, names)
        raise typer.BadParameter(f"There is no number '{text}'. {hint}")
    return ThresholdName(text)


async def _find_scope(
    services: "Services",
    profile: ShowProfile | None,
    location: str | None,
    performer: str | None,
    channel: str | None,
) -> "ThresholdScope":
    from micboard_tui.cli.context import data_of
    from micboard_tui.domain.threshold_set import ThresholdScope

    if len([name for name in (location, performer, channel) if name is not None]) > 1:
        raise typer.BadParameter("Give one of --location, --performer and --channel")
    if location is not None:
        return ThresholdScope(profile, location_id=data_of(await services.locations.find(location)).id)
    if performer is not None:
        found = data_of(await services.assignments.find_performer(performer))
        return ThresholdScope(profile, performer_id=found.id)
    if channel is not None:
        return ThresholdScope(profile, channel=data_of(await services.assignments.find_channel(channel)))
    return ThresholdScope(profile)
