"""What a CSV is written in, if it is not UTF-8, found by trying."""

from __future__ import annotations

import codecs
import gzip
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

_HEAD, _LOOK = 4096, 1 << 20
_LINES = 2000
_CLEAR, _FEW = 0.95, 0.2
_MARKS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_FILES = {
    b"PK\x03\x04": "an Excel or zip file; save it as CSV, or unpack it",
    b"\xd0\xcf\x11\xe0": "an old Excel file; save it as CSV",
    b"PAR1": "a Parquet file; call it .parquet",
    b"\x1f\x8b": "packed; call it .csv.gz",
}
_EAST: dict[str, str] = {"gb18030": "gb2312", "big5": "big5"}
"""Encodings of Chinese, each with the older one that holds its usual characters."""
_PROSE = {
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "gb18030": "GB18030 (GBK)",
    "big5": "Big5",
    "cp1252": "Windows-1252 or Latin-1",
}


def no_text(path: Path) -> str:
    """Return what is wrong if a CSV is seen at once to be no UTF-8, or an empty text."""
    head = _head(path, _LOOK)
    for mark, what in _FILES.items():
        if head.startswith(mark):
            return f"{path} is {what}"
    if _wide(head):
        return foreign(path)
    if nothing := head.count(0):
        return (
            foreign(path) if encoding_of(path).startswith("utf-16") else _holds_nul(path, nothing)
        )
    try:
        # Columns that are not declared count, too, for readers stop at them; a cut end does not.
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return foreign(path)
    return ""


def foreign(path: Path) -> str:
    """Return that a CSV is not in UTF-8, what it is in, and how to convert it on any system."""
    found = encoding_of(path)
    if found == "utf-8":
        command = _conversion(path, "utf-8", ", errors='replace'")
        return (
            f"{path} is in UTF-8 but for some characters, which were cut; convert it: {command}; "
            "a \ufffd then marks what is lost"
        )
    if not found:
        return (
            f"{path} is not in UTF-8; convert it: it is neither in UTF-16 nor in GB18030 or Big5; "
            "ask its source, or save it as 'CSV UTF-8' where it was made"
        )
    prose = _PROSE.get(found, found.upper())
    return (
        f"{path} is not in UTF-8; convert it from {prose}: {_conversion(path, found)}; "
        "or save it as 'CSV UTF-8' where it was made"
    )


def _holds_nul(path: Path, count: int) -> str:
    """Return that a CSV holds NUL bytes though it is not UTF-16, and how to drop them."""
    stem = path.name[: path.name.lower().rindex(".csv")]
    opened = "gzip.open" if path.name.lower().endswith(".gz") else "open"
    command = (
        f"python -c \"{'import gzip; ' * (opened != 'open')}open({f'{stem}-nul.csv'!r}, 'wb')"
        f".write({opened}({path.name!r}, 'rb').read().replace(bytes(1), b''))\""
    )
    return (
        f"{path} holds NUL bytes ({count:,} in its first megabyte), which no text has: a disk or a "
        f"transfer damaged it, or a program filled fields up; take it from its source again, or "
        f"drop them: {command}"
    )


def encoding_of(path: Path) -> str:
    """Return the encoding of a text file by Python's name for it; empty if none fits.

    UTF-16 and UTF-32 are known by their mark or by their zero bytes. Among the others that
    one is right in which lines can be read and characters are usual ones: GB18030 takes
    nearly any bytes, and makes rare characters of what is not Chinese.
    """
    head = _head(path)
    if wide := _wide(head):
        return wide
    if b"\x00" in head:
        little = head[1::2].count(0) >= head[::2].count(0)
        found = "utf-16-le" if little else "utf-16-be"
        return found if _readable(head[: len(head) // 2 * 2], found) else ""
    with _bytes(path) as file:
        lines = list(islice(_beyond_ascii(file), _LINES))
    if _share(lines, "utf-8", "utf-8") >= _CLEAR:
        return "utf-8"
    shares = {name: _share(lines, name, usual) for name, usual in _EAST.items()}
    best = max(shares, key=lambda name: shares[name])
    if shares[best] >= _CLEAR / 2:
        return best
    return "cp1252" if lines and _share(lines, "cp1252", "latin-1") >= _CLEAR else ""


def _share(lines: list[bytes], encoding: str, usual: str) -> float:
    """Return the share of lines that can be read, and hold only what ``usual`` has."""
    good = 0
    for line in lines:
        try:
            line.decode(encoding).encode(usual)
        except UnicodeError:
            continue
        good += 1
    return good / len(lines) if lines else 0.0


def _beyond_ascii(file: BinaryIO) -> Iterator[bytes]:
    return (line for line in file if not line.isascii())


def _wide(head: bytes) -> str:
    """Return the encoding whose mark stands at the beginning, or an empty text."""
    return next((name for mark, name in _MARKS.items() if head.startswith(mark)), "")


def _readable(head: bytes, encoding: str) -> bool:
    """Return whether bytes, perhaps cut within a pair, are text with lines or fields."""
    try:
        text = head.decode(encoding, errors="strict" if len(head) < _HEAD else "ignore")
    except UnicodeError:
        return False
    # In UTF-16 nearly each of these bytes is one of the marks; in ASCII with NUL bytes, few are.
    marks = sum(text.count(mark) for mark in "\n,;\t")
    return "\x00" not in text and marks > _FEW * sum(head.count(mark) for mark in b"\n,;\t")


def _head(path: Path, size: int = _HEAD) -> bytes:
    with _bytes(path) as file:
        return file.read(size)


def _bytes(path: Path) -> BinaryIO:
    """Open a file as bytes, packed or not."""
    packed = path.name.lower().endswith(".gz")
    return cast(BinaryIO, gzip.open(path, "rb")) if packed else path.open("rb")


def _conversion(path: Path, encoding: str, more: str = "") -> str:
    """Return a command that writes a file anew in UTF-8; it needs nothing but Python."""
    stem = path.name[: path.name.lower().rindex(".csv")]
    packed = path.name.lower().endswith(".gz")
    opened = f"gzip.open({path.name!r}, 'rt'" if packed else f"open({path.name!r}"
    return (
        f'python -c "{"import gzip; " * packed}'
        f"open({f'{stem}-utf8.csv'!r}, 'w', encoding='utf-8')"
        f'.write({opened}, encoding={encoding!r}{more}).read())"'
    )
