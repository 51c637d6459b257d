"""Writes the version into a list of what is inside (CycloneDX), whose maker cannot read it where it stands.

python .github/scripts/name_sbom.py build/sbom.cdx.json
"""

import json
import sys
from pathlib import Path

from bump_version import ROOT, read_version


def name_component(document: str, version: str) -> str:
    """The document with the version of what it is about. Raises ValueError, KeyError: it is none of these."""
    values = json.loads(document)
    values["metadata"]["component"]["version"] = version
    return json.dumps(values, indent=2) + "\n"


if __name__ == "__main__":
    FILE = Path(sys.argv[1])
    FILE.write_text(
        name_component(FILE.read_text(encoding="utf-8"), str(read_version(ROOT))), encoding="utf-8"
    )
