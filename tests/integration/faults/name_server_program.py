"""Looks up a name at a name server that takes questions and never answers. Run by a test."""

import asyncio
import socket
import sys

import anyio

from micboard_tui.contracts.errors import DeviceError
from micboard_tui.manufacturers.transport.name_resolver import NAMES

NAME_SERVER = ("127.0.0.1", 53)
WAIT_S = 0.5


async def look_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(NAME_SERVER)
        with anyio.fail_after(4 * WAIT_S):
            try:
                await NAMES.find_addresses("rack.example", 2202, socket.SOCK_STREAM, timeout_s=WAIT_S)
            except DeviceError as error:
                sys.stdout.write(f"{error.code}\n")
            await NAMES.find_addresses("127.0.0.1", 2202, socket.SOCK_STREAM)
        if b"rack" in server.recv(512):
            sys.stdout.write("asked\n")


if __name__ == "__main__":
    asyncio.run(look_up())
