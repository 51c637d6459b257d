"""Packages that bring a plugin, as an installer would leave them in a directory."""

from pathlib import Path


def install(directory: Path, package: str, **plugins: str) -> Path:
    """Let ``directory`` hold a package with these entry points; put it on the path to have them found."""
    about = directory / f"{package.replace('-', '_')}-1.2.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {package}\nVersion: 1.2\n")
    points = "".join(f"{code} = {where}\n" for code, where in plugins.items())
    (about / "entry_points.txt").write_text(f"[micboard_tui.manufacturers]\n{points}")
    return directory
