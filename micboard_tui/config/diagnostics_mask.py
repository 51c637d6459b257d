"""Takes secrets out of what is sent to others: those that are known here, and all that look like some.

``Mask`` hides what it has learned, however that is written. Here it learns every secret that lies on this
computer, and what is left is searched for the forms in which secrets are written: in addresses, in headers,
beside a name that says so, as keys of the bus, as private keys and as hashes of passwords. Rather too much is
hidden than too little.
"""

import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

from micboard_tui.config.nested_values import flatten
from micboard_tui.config.paths import Paths
from micboard_tui.config.secret_mask import HIDDEN, Mask, mask_url
from micboard_tui.config.small_files import read_small

SECRETS = "MICBOARD_SECRETS__"
"""Variables that start so hold secrets of devices."""
SHORTEST_PATH = 8
"""A shorter path behind a host is no secret."""
SHORTEST_LINE = 16
"""Shorter lines of a file of a key are no key."""
_WORDS = r"(?:password|passwd|passphrase|secret|token|api_?key|private_?key|credential|authorization|cookie)"
_PATTERNS = (
    (
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)", re.DOTALL),
        HIDDEN,
    ),
    (re.compile(r"\$(?:argon2|2[aby]|scrypt|pbkdf2)[^\s\"']*"), HIDDEN),
    (re.compile(r"\bS[UNAOXC][A-Z2-7]{40,}\b"), HIDDEN),
    (re.compile(r"\b(Basic|Bearer)\s+[A-Za-z0-9+/=_.~-]{6,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (
        re.compile(rf'("[^"]{{0,60}}{_WORDS}[^"]{{0,60}}"\s*:\s*\\*)"(?:[^"\\]|\\.)*"', re.IGNORECASE),
        rf'\1"{HIDDEN}"',
    ),
    (
        re.compile(
            rf"((?<!\w)[\w.-]{{0,40}}{_WORDS}[\w.-]{{0,40}}\s*[=:]\s*)(?!micboard-tui)[^\s,;&\"'{{\[]+",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s\"'<>]+")
_USER_INFO = re.compile(r"://[^:/@]*:(.*)@", re.DOTALL)


class DiagnosticsMask:
    def __init__(self, mask: Mask) -> None:
        """``mask``: what has learned, and learns, the secrets that are read."""
        self.learned = mask

    def learn_all(self, paths: Paths, addresses: Iterable[str], key_files: Iterable[Path]) -> None:
        """Learn what lies on this computer. Raises nothing.

        ``addresses``: settings that may hold a secret.
        """
        found = [*_of_environment(os.environ), *_of_secrets_file(paths.secrets_file)]
        for address in addresses:
            found += _of_address(address)
        ours = (
            paths.bus_key_file,
            paths.program_key_file,
            paths.collector_secrets_key,
            paths.hub_secrets_key,
        )
        for file in (*ours, *key_files):
            found += _of_key_file(file)
        for secret in found:
            self.learned.learn(secret)

    def __call__(self, text: str) -> str:
        """``text`` without any secret that is known or looks like one."""
        text = self.learned(text)
        text = _URL.sub(lambda match: mask_url(match[0]), text)
        for pattern, hidden in _PATTERNS:
            text = pattern.sub(hidden, text)
        return text


def _of_environment(environ: Mapping[str, str]) -> Iterator[str]:
    for name, value in environ.items():
        if name.upper().startswith(SECRETS):
            yield value
            yield value.partition(":")[2]
        elif "://" in value and name.upper().startswith("MICBOARD_"):
            yield from _of_address(value)


def _of_secrets_file(file: Path) -> Iterator[str]:
    try:
        values = tomllib.loads(read_small(file).decode())
        for _, value in flatten(values):
            if isinstance(value, str):
                yield value
    except (OSError, ValueError, RecursionError):
        return


def _of_address(address: str) -> Iterator[str]:
    """The password in it, as it is and as it is meant, and the path of one whose path is the secret."""
    if (match := _USER_INFO.search(address)) is not None:
        yield match[1]
        yield unquote(match[1])
    if address.startswith("http"):
        path = address.partition("://")[2].partition("/")[2]
        if len(path) >= SHORTEST_PATH:
            yield path


def _of_key_file(file: Path) -> Iterator[str]:
    try:
        lines = read_small(file).decode("utf-8", "replace").splitlines()
    except OSError:
        return
    for line in lines:
        for part in (line.strip(), *re.findall(r'"([^"]+)"', line)):
            if len(part) >= SHORTEST_LINE and not part.startswith("#"):
                yield part
