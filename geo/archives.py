"""Zip files of map data (also .kmz): unpacked into a folder of their own, which goes when reading is done."""

from __future__ import annotations

import lzma
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from geo.problems import refuse

ENDINGS = (".zip", ".kmz")
#: Unpacked bytes that a file may have: more is a mistake or an attack.
LARGEST = 4_000_000_000
#: Files in one archive: a city's layers are some hundreds.
MOST_FILES = 5_000
#: What a damaged or locked archive makes its reader raise.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, RuntimeError, OSError,
)  # fmt: skip


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The folder of an archive's files. Raises FileRefused: file_unreadable,
    archive_too_large, archive_too_many_files."""
    with TemporaryDirectory(prefix="zhihui-import-") as folder:
        try:
            with _opened(path) as archive:
                _extract(archive, Path(folder))
        except _DAMAGE as fault:
            raise refuse("file_unreadable", path=path.name, reason=str(fault)[:200]) from None
        yield Path(folder)


def _opened(path: Path) -> zipfile.ZipFile:
    """Names that are not marked as UTF-8 are GBK in archives made by Chinese systems, or plain ASCII."""
    try:
        return zipfile.ZipFile(path, metadata_encoding="gb18030")
    except UnicodeDecodeError:
        return zipfile.ZipFile(path)


def _extract(archive: zipfile.ZipFile, folder: Path) -> None:
    members = [member for member in archive.infolist() if not member.is_dir() and not _hidden(member)]
    if len(members) > MOST_FILES:
        raise refuse("archive_too_many_files", count=len(members), most=MOST_FILES)
    size = sum(member.file_size for member in members)
    if size > LARGEST or size > shutil.disk_usage(folder).free:
        raise refuse("archive_too_large", size_mb=size // 1_000_000)
    for member in members:
        archive.extract(member, folder)


def _hidden(member: zipfile.ZipInfo) -> bool:
    """What macOS adds."""
    return any(part.startswith((".", "__MACOSX")) for part in Path(member.filename).parts)
