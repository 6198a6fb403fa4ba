"""Where templates lie on the disk."""

from pathlib import Path

from django.template import Engine

from partenamut.documents.errors import RenderingRefused


def located(name: str) -> tuple[Path, Path]:
    """The template folder that holds a file, and the file; RenderingRefused outside of these folders."""
    for folder in Engine.get_default().dirs:
        root = Path(folder).resolve()
        source = (root / name).resolve()
        if source.is_relative_to(root) and source.is_file():
            return root, source
    raise RenderingRefused(f"no template {name}")
