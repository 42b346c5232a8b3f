"""Writing an output folder so that a reader never sees half of anything.

Each file is written beside its place and renamed, one by one; folders are never renamed, since they may be mounted.
A manifest lists what was written, with digests: what is in the old one and not in the new one is removed last. A
file that slo-gen did not write is neither overwritten nor removed, and one that was edited since is not removed.

The manifest is extended by the new names before the first rename. A run that is killed half-way has thereby said
what is its own, and the next run finishes its work.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from slo_gen.outputs.errors import OutputError

__all__ = ["MANIFEST", "Difference", "Written", "difference", "read_compiled", "write", "written_for"]

MANIFEST: Final = ".slo-gen-manifest.json"
_TEMPORARY: Final = ".slo-gen-tmp"


@dataclass(frozen=True, slots=True)
class Written:
    """What a run did; paths relative to the folder, sorted. ``kept`` are orphans that somebody has edited."""

    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """How a folder differs from what would be written; paths relative to it, sorted."""

    missing: tuple[str, ...]
    changed: tuple[str, ...]
    orphaned: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.changed or self.orphaned)


def difference(files: Mapping[str, str], out: Path) -> Difference:
    """Compare without writing: ``--check``."""
    wanted = _encoded(files)
    present = {path: _read(out / path) for path in wanted}
    orphaned = [path for path in _manifest(out) if path not in wanted and (out / path).exists()]
    return Difference(
        missing=tuple(path for path in wanted if present[path] is None),
        changed=tuple(path for path in wanted if present[path] is not None and present[path] != wanted[path]),
        orphaned=tuple(sorted(orphaned)),
    )


def write(files: Mapping[str, str], out: Path, year: int | None = None) -> Written:
    """Bring the folder ``out`` to hold ``files`` (relative path to text). Files that are right are not touched.

    ``year`` is that of the tables in them, for ``written_for`` to find. Raises OutputError when a file is in the way that slo-gen
    did not write, or when another run is writing here.
    """
    wanted = _encoded(files)
    with _reported(out):
        out.mkdir(parents=True, exist_ok=True)
        with _alone(out):
            return _write(wanted, out, year)


def _write(wanted: dict[str, bytes], out: Path, year: int | None) -> Written:
    _remove_temporaries(out)
    old = _manifest(out)
    present = {path: _read(out / path) for path in wanted}
    changed = [path for path in wanted if present[path] != wanted[path]]
    for path in changed:
        if present[path] is not None and path not in old:
            raise OutputError(f"{out / path} is in the way, and slo-gen did not write it", "move it away or choose another --out")
    new = {path: hashlib.sha256(text).hexdigest() for path, text in wanted.items()}
    if any(path not in old for path in wanted):
        _replace(out / MANIFEST, _manifest_text({**new, **old}, year))
    for path in changed:
        _replace(out / path, wanted[path])
    _replace(out / MANIFEST, _manifest_text(new, year))
    removed, kept = _remove_orphans(out, {path: digest for path, digest in old.items() if path not in wanted})
    return Written(tuple(changed), tuple(path for path in wanted if path not in set(changed)), removed, kept)


def _remove_orphans(out: Path, orphans: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    removed: list[str] = []
    kept: list[str] = []
    for path, digest in sorted(orphans.items()):
        content = _read(out / path)
        if content is None:
            continue
        if hashlib.sha256(content).hexdigest() != digest:
            kept.append(path)
            continue
        (out / path).unlink()
        removed.append(path)
        _remove_empty_folders(out, (out / path).parent)
    return tuple(removed), tuple(kept)


def _remove_empty_folders(out: Path, folder: Path) -> None:
    with contextlib.suppress(OSError):
        while folder != out:
            folder.rmdir()
            folder = folder.parent


def _replace(path: Path, content: bytes) -> None:
    if _read(path) == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}{_TEMPORARY}")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _remove_temporaries(out: Path) -> None:
    """What a killed run has left."""
    for path in out.rglob(f".*{_TEMPORARY}"):
        path.unlink()


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def written_for(out: Path) -> int | None:
    """The year of the tables in a folder, None where nothing is known of it. Raises OutputError for a damaged manifest."""
    _manifest(out)
    content = _read(out / MANIFEST)
    year = None if content is None else json.loads(content).get("year")
    return year if isinstance(year, int) and 1 < year < 2300 else None


def read_compiled(out: Path, beginnings: tuple[str, ...]) -> dict[str, str]:
    """Relative path to text of the files whose paths begin so, as the manifest lists them.

    Raises OutputError where a folder was not written by slo-gen, or a file in it is not as it was written.
    """
    if _read(out / MANIFEST) is None:
        raise OutputError(f"{out} was not written by slo-gen", "name the folder that slo-gen compile --out wrote")
    found: dict[str, str] = {}
    for path, digest in _manifest(out).items():
        if not path.startswith(beginnings):
            continue
        content = _read(out / path)
        if content is None or hashlib.sha256(content).hexdigest() != digest:
            state = "missing" if content is None else "not as slo-gen wrote it"
            raise OutputError(f"{out / path} is {state}", "run slo-gen compile again")
        found[path] = content.decode()
    return found


def _encoded(files: Mapping[str, str]) -> dict[str, bytes]:
    for path in files:
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts or str(PurePosixPath(path)) != path or path == MANIFEST:
            raise ValueError(f"{path!r} is no place inside an output folder")
    return {path: files[path].encode() for path in sorted(files)}


def _manifest(out: Path) -> dict[str, str]:
    content = _read(out / MANIFEST)
    if content is None:
        return {}
    try:
        listed = json.loads(content)["files"]
        if not all(isinstance(path, str) and isinstance(digest, str) for path, digest in listed.items()):
            raise ValueError
        _encoded(dict.fromkeys(listed, ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise OutputError(
            f"{out / MANIFEST} is damaged", "remove it and the files that slo-gen wrote, or restore it from version control"
        ) from None
    return dict(listed)


def _manifest_text(digests: Mapping[str, str], year: int | None) -> bytes:
    of_year = {} if year is None else {"year": year}
    return (json.dumps({**of_year, "files": dict(sorted(digests.items()))}, indent=1) + "\n").encode()


@contextlib.contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Hold a lock on the folder itself, so that two runs do not take each other's files for orphans."""
    descriptor = os.open(out, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutputError(f"another slo-gen is writing to {out}", "wait until it has finished") from None
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _reported(out: Path) -> Iterator[None]:
    """Faults of the file system as sentences."""
    try:
        yield
    except OSError as error:
        where = error.filename or out
        raise OutputError(f"cannot write {where}: {error.strerror}", "check the path and its permissions") from None
