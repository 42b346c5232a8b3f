"""A reader of the manual's, installed as its page says, and one beside it that cannot be loaded."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

DOCS = Path(__file__).parent.parent.parent / "docs"


def block(page: str, first_line: str) -> str:
    """The text of a page's block with this first line."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{re.escape(first_line)}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)[0]


def install(folder: Path, page: str, module: str, group: str) -> None:
    """Put the package of a page into ``folder``, as an installer does."""
    project = tomllib.loads(block(page, "toml pyproject.toml"))["project"]
    about = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    about.mkdir(parents=True)
    (folder / f"{module}.py").write_text(block(page, f"python {module}.py"), encoding="utf-8")
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    points = {**project["entry-points"][group], "broken": f"{module}:NoSuchReader"}
    (about / "entry_points.txt").write_text(f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in points.items()))
