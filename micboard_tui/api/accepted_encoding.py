"""Which way of compression a client takes (``Accept-Encoding``, RFC 9110 12.5.3). Pure."""

from starlette.datastructures import Headers

GZIP = "gzip"
ANY = "*"
MAX_ENCODINGS = 20
"""More are not looked at: clients name three or four."""


def takes_gzip(headers: Headers) -> bool:
    """Whether the client of a request takes gzip."""
    return accepts_gzip(",".join(headers.getlist("accept-encoding")))


def accepts_gzip(header: str | None) -> bool:
    """Whether gzip is accepted, and not less than what is not compressed.

    Without the header nothing is compressed. A weight that is none counts as 0.
    """
    weights = dict(_read(part) for part in reversed((header or "").split(",", MAX_ENCODINGS)[:MAX_ENCODINGS]))
    gzip = weights.get(GZIP, weights.get("x-gzip", weights.get(ANY, 0.0)))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def _read(part: str) -> tuple[str, float]:
    coding, *parameters = (each.strip().lower() for each in part.split(";"))
    for parameter in parameters:
        name, _, weight = parameter.partition("=")
        if name.strip() == "q":
            return coding, _read_weight(weight)
    return coding, 1.0


def _read_weight(text: str) -> float:
    try:
        return min(1.0, max(0.0, float(text)))
    except ValueError:
        return 0.0
