"""Writes a page of the reference for each contract: its methods, the right that each needs, and its values.

From the source, whose annotations read as they were written, and whose docstrings are the text.
"""

import ast
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from sys import modules

from micboard_tui.contracts.call_rights import RIGHTS
from micboard_tui.contracts.services import CONTRACTS, Services

INTRODUCTION = (
    "What front ends, plugins for the program and tests call. Each contract is a `typing.Protocol` in",
    "`micboard_tui/contracts`; `open_container` gives all of them as attributes of one object, and a board",
    "on another computer has the same ones. Methods answer with a `ServiceResult`: `success`, `data`,",
    "`error` with a [code](../errors.md), `warning`. What changes something takes `actor`, the name of who",
    "acts. The right says which users may call it from elsewhere:",
    "[let people in](../../how-to/let-people-in.md).",
)
LINE = 96


def service_pages() -> Mapping[str, str]:
    """File names below ``docs/reference/services``, and what they hold."""
    pages = {f"{name.replace('_', '-')}.md": _page(name, contract) for name, contract in CONTRACTS.items()}
    return {"README.md": "\n".join(_index()) + "\n"} | pages


def _index() -> Iterator[str]:
    yield "# Services"
    yield ""
    yield from INTRODUCTION
    yield ""
    yield "| attribute | contract | what it is about |"
    yield "|---|---|---|"
    for name, contract in CONTRACTS.items():
        about = inspect.getdoc(getattr(Services, name)) or ""
        yield f"| [`{name}`]({name.replace('_', '-')}.md) | `{contract.__name__}` | {about} |"


def _page(name: str, contract: type) -> str:
    module = modules[contract.__module__]
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    (own,) = (node for node in classes if node.name == contract.__name__)
    lines = [f"# {name}: {contract.__name__}", "", *_text(own), "", f"In `{contract.__module__}`."]
    for node in own.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines += _method(contract.__name__, node)
    values = [node for node in classes if _is_value(node)]
    if values:
        lines += ["", "## Values"]
    for node in values:
        lines += _value(node)
    return "\n".join(lines) + "\n"


def _method(contract: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    yield ""
    yield f"## `{node.name}`"
    yield ""
    yield "```python"
    yield from _signature(node)
    yield "```"
    yield ""
    yield from _text(node)
    if right := RIGHTS.get(f"{contract}.{node.name}"):
        yield ""
        yield f"Right: `{right}`."


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    kind = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    returned = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    if any(ast.unparse(decorator) == "property" for decorator in node.decorator_list):
        yield f"{node.name}{returned.replace(' ->', ':')}"
        return
    parameters = _parameters(node.args)
    line = f"{kind} {node.name}({', '.join(parameters)}){returned}"
    if len(line) <= LINE:
        yield line
        return
    yield f"{kind} {node.name}("
    yield from (f"    {parameter}," for parameter in parameters)
    yield f"){returned}"


def _parameters(arguments: ast.arguments) -> list[str]:
    """All but ``self``, as they were written."""
    positional = arguments.args[1:]
    first = len(positional) - len(arguments.defaults)
    written = [
        _parameter(each, arguments.defaults[number - first] if number >= first else None)
        for number, each in enumerate(positional)
    ]
    if arguments.kwonlyargs:
        written.append("*")
        written += map(_parameter, arguments.kwonlyargs, arguments.kw_defaults)
    return written


def _parameter(argument: ast.arg, default: ast.expr | None) -> str:
    annotation = f": {ast.unparse(argument.annotation)}" if argument.annotation else ""
    return f"{argument.arg}{annotation}" + (f" = {ast.unparse(default)}" if default else "")


def _is_value(node: ast.ClassDef) -> bool:
    is_record = any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list)
    bases = {ast.unparse(base) for base in node.bases}
    return not node.name.startswith("_") and (is_record or bool(bases & {"NamedTuple", "Enum", "StrEnum"}))


def _value(node: ast.ClassDef) -> Iterator[str]:
    yield ""
    yield f"### `{node.name}`"
    if ast.get_docstring(node):
        yield ""
        yield from _text(node)
    fields = [(number, each) for number, each in enumerate(node.body) if _field(each)]
    if fields:
        yield ""
    for number, each in fields:
        about = _about(node.body[number + 1]) if number + 1 < len(node.body) else ""
        yield f"- `{_field(each)}`" + (f": {about}" if about else "")


def _field(node: ast.stmt) -> str:
    """Empty: it is none."""
    if isinstance(node, ast.AnnAssign):
        return ast.unparse(node.target) + f": {ast.unparse(node.annotation)}"
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
        return ast.unparse(node)
    return ""


def _about(node: ast.stmt) -> str:
    """The text below a field."""
    if (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ):
        return " ".join(_markdown(inspect.cleandoc(node.value.value)).split())
    return ""


def _text(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    yield from _markdown(ast.get_docstring(node) or "").splitlines()


def _markdown(text: str) -> str:
    return text.replace("``", "`")
