# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportAttributeAccessIssue=false
# pyarrow has no types.
"""Files of any kind: some of them, whole. Texts are searched for what looks personal or secret; images and others stay as they are."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from services.data.file_source import FileSource
from services.data.filesystems import RemoteFile
from services.data.interface import Estimate, Sampled
from services.data.lines import is_text
from services.data.spread import over_partitions
from services.domain.connections import SampleProfile
from services.domain.errors import DataUnavailable

# Without their marks, such texts begin with zero bytes as binary files do.
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class AnyFiles(FileSource):
    """Images, texts, audio, archives. Option: `suffixes`, such as `.jpg .png`, for those that count."""

    @property
    def suffixes(self) -> tuple[str, ...]:  # pyright: ignore[reportIncompatibleVariableOverride]
        return tuple(self.connection.options.get("suffixes", "").lower().replace(",", " ").split())

    def schema(self) -> Mapping[str, str]:
        return {f"*{suffix}": "file" for suffix in sorted(_suffixes(self.listing.files))}

    def estimate(self) -> Estimate:
        return self.counted(rows=None, exact=True)

    def sample(self, folder: Path) -> Sampled:
        limits = self.connection.limits
        self.learn_partitions()
        fitting = [file for file in self.listing.files if file.size <= limits.size // 2]
        if not fitting:
            raise DataUnavailable(
                f"All files of `{self.connection.name}` are too large for its sample. Raise `size` in its `sample`."
            )
        chosen: list[RemoteFile] = []
        room = limits.size
        for file in over_partitions(fitting, limits.files):
            if file.size <= room:
                chosen.append(file)
                room -= file.size
        for file, path in zip(chosen, self.targets(folder, chosen), strict=True):
            with self.place.open(file) as handle:
                path.write_bytes(self._masked(handle.read()))
        profile = SampleProfile(
            total_files=len(self.listing.files),
            total_size=self.listing.size,
            exact=self.listing.whole,
        )
        return Sampled(profile=profile, root=self.root)

    def _masked(self, content: bytes) -> bytes:
        """A text, masked; anything else as it is."""
        marked = [encoding for mark, encoding in _MARKS if content.startswith(mark)]
        for encoding in (*marked, *(("utf-8", "latin-1") if is_text(content) else ())):
            try:
                return self.columns.free(content.decode(encoding)).encode(encoding)
            except UnicodeError:
                continue
        return content


def _suffixes(files: list[RemoteFile] | tuple[RemoteFile, ...]) -> Counter[str]:
    return Counter(PurePosixPath(file.relative).suffix.lower() or "(no suffix)" for file in files)
