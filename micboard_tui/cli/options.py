"""Options and arguments that more than one command has."""

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
OnlyManufacturer = Annotated[str | None, typer.Option(help="Only devices of this manufacturer.")]
DeviceName = Annotated[
    str, typer.Argument(metavar="DEVICE", help="Its id or the start of it, its name, host or host:port.")
]
Port = Annotated[int | None, typer.Option(help="Its port, when it is not the usual one.")]
Zone = Annotated[
    str | None, typer.Option(help="The part of the network that it is in, where there are several.")
]
Fingerprint = Annotated[
    str | None,
    typer.Option(help="The SHA-256 fingerprint of the certificate to trust."),
]
