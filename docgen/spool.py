"""Floor 1, rules: records as JSON lines, so that a run keeps the data it began with.

A resumed run must merge what the interrupted one read, even when the shop's database has moved on since. Decimals,
dates and bytes travel as one-key objects; everything else is plain JSON. Knows nothing of runs or folders' meaning.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from itertools import accumulate
from pathlib import Path
from typing import Any

from docgen.files import new_file, remove_file, write_atomically
from docgen.model import Record

_DECODERS: Mapping[str, Callable[[str], object]] = {
    "$decimal": Decimal,
    "$date": date.fromisoformat,
    "$datetime": datetime.fromisoformat,
    "$time": time.fromisoformat,
    "$bytes": bytes.fromhex,
}
_PLAIN = "$object"  # wraps a mapping of the data that looks like one of our tags


def _encode(value: object) -> object:
    match value:
        case Decimal():
            return {"$decimal": str(value)}
        case datetime():
            return {"$datetime": value.isoformat()}
        case date():
            return {"$date": value.isoformat()}
        case time():
            return {"$time": value.isoformat()}
        case bytes():
            return {"$bytes": value.hex()}
    raise TypeError(f"a record cannot hold {type(value).__name__}")


def _guard(value: object) -> object:
    if isinstance(value, Mapping):
        guarded = {str(k): _guard(v) for k, v in value.items()}
        tagged = len(guarded) == 1 and guarded.keys() <= {*_DECODERS, _PLAIN}
        return {_PLAIN: guarded} if tagged else guarded
    if isinstance(value, list | tuple):
        return [_guard(v) for v in value]
    return value


def _decode(value: Any) -> object:
    if isinstance(value, dict):
        if len(value) == 1:
            ((tag, inner),) = value.items()
            if tag == _PLAIN:
                return {k: _decode(v) for k, v in inner.items()}
            if tag in _DECODERS:
                return _DECODERS[tag](inner)
        return {k: _decode(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_decode(v) for v in value]
    return value


#: Made once: `json.dumps` makes one for every call that does not want what it does by itself.
_CANONICAL = json.JSONEncoder(default=_encode, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def dumps(value: object) -> str:
    """Return canonical JSON: sorted keys, no spaces, so that equal data has equal text."""
    return _CANONICAL.encode(_guard(value))


def loads(text: str) -> object:
    """Invert `dumps`."""
    return _decode(json.loads(text))


def data_sha256(values: Mapping[str, object]) -> str:
    """Return the hash that tells whether a record has changed between runs."""
    return hashlib.sha256(dumps(values).encode()).hexdigest()


class Spool:
    """The records of one run on disk, in batches, complete once `close` has run.

    Attributes:
        folder: holds `00000.jsonl`, ... and `complete`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def complete(self) -> bool:
        """Whether every batch was written."""
        return (self.folder / "complete").exists()

    def write(self, batches: Iterable[list[Record]]) -> Iterator[int]:
        """Write all batches, replacing leftovers of an interrupted attempt; yield each one's size."""
        for leftover in self.folder.glob("*.jsonl"):
            remove_file(leftover)
        for number, batch in enumerate(batches):
            # On the disk before the ledger speaks of them: a resume after a power cut must find them whole.
            with new_file(self.folder / f"{number:05}.jsonl") as file:
                file.writelines(f"{dumps([r.ordinal, r.key, r.values])}\n".encode() for r in batch)
            yield len(batch)
        write_atomically(self.folder / "complete", b"")

    def files(self) -> list[Path]:
        """Return the files of the batches, in order."""
        return sorted(self.folder.glob("*.jsonl"))

    def batches(self) -> Iterator[list[Record]]:
        """Yield the batches as they were written."""
        for path in self.files():
            with path.open(encoding="utf-8") as file:
                yield [_record(line) for line in file]

    def read(self, places: Iterable[tuple[int, int]]) -> Iterator[Record]:
        """Yield records in any order, each by the number of its batch and its own in it, from 0."""
        paths = self.files()
        offsets: dict[int, list[int]] = {}
        for batch, position in places:
            with paths[batch].open("rb") as file:
                if batch not in offsets:
                    offsets[batch] = [0, *accumulate(map(len, file))]
                file.seek(offsets[batch][position])
                yield _record(file.readline().decode())


def _record(line: str) -> Record:
    loaded = loads(line)
    assert isinstance(loaded, list)
    ordinal, key, values = loaded
    return Record(key=key, values=values, ordinal=ordinal)
