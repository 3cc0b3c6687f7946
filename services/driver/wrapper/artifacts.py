# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false
# Matplotlib is untyped here.
"""What a program produces: figures, pictures in its directory, and files in `outputs/`."""

from __future__ import annotations

import base64
import io
import mimetypes
import os
import sys
from collections.abc import Iterator
from typing import Any

from .checkpoints import FOLDER, OUTPUTS
from .imports import after_import
from .plots import PAGE, Plots
from .text import Facts

_ROOM = 15 * 1024 * 1024
_MOST = 20
_LISTED = 50
_IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp")


class ArtifactCollector:
    """Collects what appears in the program's own directory `here` from `begin` on."""

    def __init__(self, here: str) -> None:
        self._here = here
        self._before: set[str] = set()
        self._figures: list[tuple[str, bytes]] = []
        self._unread: list[str] = []
        self._plots = Plots(self._keep)

    def begin(self) -> None:
        self._before = set(os.listdir(self._here))
        after_import({"matplotlib.pyplot": self._prepare_pyplot, "plotly.io": self._plots.watch})

    def facts(self) -> Facts:
        """As many as fit; the rest is named in `dropped`."""
        artifacts: list[dict[str, str]] = []
        dropped: list[str] = []
        room, beyond = _ROOM, 0
        for name, content, size in self._candidates():
            if len(artifacts) == _MOST:
                beyond += 1
                continue
            if size > room:
                dropped.append(f"{name} ({size:,} bytes) is too large to attach")
                continue
            room -= size
            media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
            encoded = base64.b64encode(content).decode()
            artifacts.append({"name": name, "media_type": media_type, "content": encoded})
        if any(artifact["name"] == PAGE for artifact in artifacts):
            dropped[0:0] = self._plots.remark()
        dropped += self._unread
        if len(dropped) > _LISTED:
            dropped[_LISTED:] = [f"{len(dropped) - _LISTED:,} more files were omitted"]
        if beyond:
            files = "1 more file is" if beyond == 1 else f"{beyond:,} more files are"
            dropped.append(f"{files} not attached, since {_MOST} are the limit")
        return {"artifacts": artifacts, "dropped": dropped}

    def shows(self, value: Any) -> bool:
        """Whether the value of a last expression is a figure, which is then kept as one."""
        return self._plots.shows(value)

    def save_figures_left_open(self) -> None:
        """Keep the figures that are open at the end, unless the program has written as many pictures by itself: it would
        be the same ones twice.
        """
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None and len(pyplot.get_fignums()) > sum(map(_is_picture, self._written())):
            self.save_figures()

    def save_figures(self) -> None:
        """Keep the figures that are open now, and close them."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None:
            return
        for number in pyplot.get_fignums():
            buffer = io.BytesIO()
            pyplot.figure(number).savefig(buffer, format="png", bbox_inches="tight")
            self._keep(buffer.getvalue())
        pyplot.close("all")

    def _keep(self, picture: bytes) -> None:
        self._figures.append((f"figure-{len(self._figures) + 1}.png", picture))

    def _prepare_pyplot(self, pyplot: Any) -> None:
        def show(*_: Any, **__: Any) -> None:
            self.save_figures()

        pyplot.show = show

    def _candidates(self) -> Iterator[tuple[str, bytes, int]]:
        """Name, content and size; the content is cut where it is too much anyway."""
        yield from ((name, content, len(content)) for name, content in self._figures)
        if (page := self._plots.page()) is not None:
            yield PAGE, page, len(page)
        for path in self._written():
            try:
                size = os.path.getsize(path)
                with open(path, "rb") as file:
                    content = file.read(min(size, _ROOM + 1))
            except OSError as error:
                self._unread.append(f"{os.path.basename(path)} could not be read ({error.strerror})")
            else:
                yield os.path.basename(path), content, size

    def _written(self) -> Iterator[str]:
        """The pictures in the program's directory and all files in `outputs/` but its checkpoints, by path."""
        new = sorted(set(os.listdir(self._here)) - self._before - {OUTPUTS})
        images = [os.path.join(self._here, name) for name in new if _is_picture(name)]
        checkpoints = os.path.join(self._here, FOLDER)
        written: list[str] = []
        for folder, folders, names in os.walk(os.path.join(self._here, OUTPUTS)):
            folders[:] = [each for each in folders if os.path.join(folder, each) != checkpoints]
            written += (os.path.join(folder, name) for name in names)
        for path in [*images, *sorted(written)]:
            # A link could lead out of the program's own directory.
            if not os.path.islink(path) and os.path.isfile(path):
                yield path


def _is_picture(name: str) -> bool:
    return name.lower().endswith(_IMAGES)
