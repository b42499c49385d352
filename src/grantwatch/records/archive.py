"""Zip archives: what is in one, and each member out of it, whatever the archive says of itself.

Not by `zipfile`: it takes the whole directory into memory, gives up an archive for one name that is not UTF-8, and has
nothing to offer where the end is missing. A member's name is only ever shown, never used as a path.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from typing import IO, NamedTuple

from grantwatch.records.limits import OverLimitError

__all__ = ["MAGIC", "Archive", "Member"]

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
"""How an archive begins; the second where nothing is in it."""

_LOCAL, _CENTRAL, _END, _END64, _LOCATOR = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_CENTRAL_HEADER = struct.Struct("<4s6H3I5H2I")
_TAIL = 22 + 0xFFFF
_FULL = 0xFFFFFFFF
_CHUNK = 1 << 18
_STORED, _DEFLATED = 0, 8
_METHODS = {1: "shrunk", 6: "imploded", 9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "xz", 98: "PPMd"}
_ENCRYPTED = 0x41
_SIZES_FOLLOW = 0x08
_UTF8 = 0x800


class Member(NamedTuple):
    """One entry of an archive as its header tells of it. `packed`, `size` and `crc` are None where it does not."""

    name: str
    flags: int
    method: int
    crc: int | None
    packed: int | None
    size: int | None
    offset: int
    mode: int = 0

    @property
    def is_folder(self) -> bool:
        """A name that ends as folders do, with nothing behind it."""
        return self.name.endswith(("/", "\\")) and not self.size

    @property
    def is_hidden(self) -> bool:
        """As in a folder: a name, or a folder, that begins with a dot; and what a Mac adds for itself."""
        parts = self.name.replace("\\", "/").split("/")
        return "__MACOSX" in parts or any(part.startswith(".") and part not in {".", ".."} for part in parts)

    @property
    def problem(self) -> str:
        """Why it cannot be unpacked; empty where it can."""
        if stat.S_ISLNK(self.mode):
            return "a link in an archive, which may lead anywhere: not followed"
        if self.flags & _ENCRYPTED:
            return "encrypted: it needs a password"
        if self.method == 99:
            return "encrypted (AES): it needs a password"
        if self.method not in {_STORED, _DEFLATED}:
            return f"packed in a way that is not read ({_METHODS.get(self.method, f'method {self.method}')})"
        if self.method == _STORED and self.packed is None:
            return "where it ends is not said"
        return ""


class Archive:
    """An open archive. `damage` says after `members` what is wrong with the archive itself, empty where nothing is."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.damage = ""
        self.length = stream.seek(0, 2)
        self._stream = stream
        self._after = 0

    def members(self) -> Iterator[Member]:
        """What is in the archive, by its directory; where that is missing, by going through the archive itself."""
        directory = self._directory()
        if directory is None:
            self.damage = "cut off or damaged: it has no directory; what was found in it was read"
            return self._walked()
        return self._listed(*directory)

    def unpack(self, member: Member, out: IO[bytes], allowed: int) -> tuple[int, str]:
        """Write the member to `out`: how many bytes, and what is wrong. Raises OverLimitError past `allowed` bytes."""
        crc = size = 0
        if not self._seek_data(member):
            return 0, "not where the directory of the archive says"
        try:
            for chunk in self._plain(member):
                size += len(chunk)
                if size > allowed:
                    raise OverLimitError(f"{size} bytes of {allowed}")
                crc = zlib.crc32(chunk, crc)
                out.write(chunk)
        except EOFError:
            return size, "its data breaks off"
        except zlib.error as error:
            return size, f"its data is damaged ({error})"
        if member.crc not in {None, crc} or member.size not in {None, size}:
            return size, "its data is not what its checksum says"
        return size, ""

    def _plain(self, member: Member) -> Iterator[bytes]:
        left = member.packed
        inflate = zlib.decompressobj(-zlib.MAX_WBITS) if member.method == _DEFLATED else None
        while left is None or left > 0:
            chunk = self._stream.read(_CHUNK if left is None else min(left, _CHUNK))
            if not chunk:
                raise EOFError
            left = None if left is None else left - len(chunk)
            if inflate is None:
                yield chunk
                continue
            while chunk and not inflate.eof:
                yield inflate.decompress(chunk, _CHUNK)
                chunk = inflate.unconsumed_tail
            if inflate.eof:
                self._after = self._stream.tell() - len(inflate.unused_data)
                return
        if inflate is not None:
            yield inflate.flush()
            if not inflate.eof:
                raise EOFError

    def _read(self, at: int, size: int) -> bytes:
        self._stream.seek(at)
        return self._stream.read(size)

    def _seek_data(self, member: Member) -> bool:
        header = self._read(member.offset, _LOCAL_HEADER.size)
        if len(header) < _LOCAL_HEADER.size or not header.startswith(_LOCAL):
            return False
        *_, name, extra = _LOCAL_HEADER.unpack(header)
        self._stream.seek(member.offset + _LOCAL_HEADER.size + name + extra)
        return True

    def _directory(self) -> tuple[int, int] | None:
        """Where the directory begins and how many entries it has; None where there is none."""
        length = self.length
        start = max(length - _TAIL, 0)
        tail = self._read(start, _TAIL)
        at = tail.rfind(_END)
        if at < 0 or len(tail) - at < 22:
            return None
        count, size, offset = struct.unpack_from("<HII", tail, at + 10)
        end = start + at
        locator = self._read(max(end - 20, 0), 20)
        if locator.startswith(_LOCATOR) and len(locator) == 20:
            (place,) = struct.unpack_from("<Q", locator, 8)
            record = self._read(min(place, length), 56)
            if record.startswith(_END64) and len(record) == 56:
                count, size, offset = struct.unpack_from("<QQQ", record, 32)
                end = place
        if count == 0:
            return end, 0
        # Something may stand in front of the archive that nobody counted.
        return next(((each, count) for each in (offset, end - size) if self._is_entry(each, length)), None)

    def _is_entry(self, at: int, length: int) -> bool:
        return 0 <= at < length and self._read(at, 4) == _CENTRAL

    def _listed(self, at: int, count: int) -> Iterator[Member]:
        found = 0
        while True:
            header = self._read(at, _CENTRAL_HEADER.size)
            if len(header) < _CENTRAL_HEADER.size or not header.startswith(_CENTRAL):
                break
            _, _, _, flags, method, _, _, crc, packed, size, named, more, said, _, _, mode, offset = (
                _CENTRAL_HEADER.unpack(header)
            )
            text = self._stream.read(named + more)
            packed, size, offset = _sizes(text[named:], size, packed, offset)
            yield Member(_name(text[:named], flags), flags, method, crc, packed, size, offset, mode >> 16)
            found += 1
            at += _CENTRAL_HEADER.size + named + more + said
        # Old writers count to 65535 and begin anew.
        if found != count and (found - count) % 65536:
            self.damage = f"damaged: its directory holds {found} of {count} entries; what is in those was read"

    def _walked(self) -> Iterator[Member]:
        at = 0
        while True:
            header = self._read(at, _LOCAL_HEADER.size)
            if len(header) < _LOCAL_HEADER.size or not header.startswith(_LOCAL):
                return
            _, _, flags, method, _, _, crc, packed, size, named, more = _LOCAL_HEADER.unpack(header)
            text = self._stream.read(named + more)
            packed, size, _ = _sizes(text[named:], size, packed, 0)
            name = _name(text[:named], flags)
            at += _LOCAL_HEADER.size + named + more
            if flags & _SIZES_FOLLOW and not packed:
                self._after = 0
                offset = at - _LOCAL_HEADER.size - named - more
                yield Member(name, flags, method, None, None, None, offset)
                if not self._after:
                    return
                # Checksum and sizes come next, with or without a mark of their own.
                place = self._read(self._after, 64).find(_LOCAL)
                if place < 0:
                    return
                at = self._after + place
            else:
                yield Member(name, flags, method, crc, packed, size, at - _LOCAL_HEADER.size - named - more)
                at += packed


def _name(raw: bytes, flags: int) -> str:
    """A name that can be shown. One that is not said to be UTF-8 may be so all the same; else it is of DOS."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("utf-8", errors="backslashreplace") if flags & _UTF8 else raw.decode("cp437")


def _sizes(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Packed size, size and offset, from the ZIP64 field where they are too large for the header."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            large = [each for (each,) in struct.iter_unpack("<Q", extra[at + 4 : at + 4 + length // 8 * 8])]
            values = [large.pop(0) if each == _FULL and large else each for each in (size, packed, offset)]
            return values[1], values[0], values[2]
        at += 4 + length
    return packed, size, offset
