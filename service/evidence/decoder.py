"""Can these bytes be decoded, and what may be shown of them?

`service/decoder/child.py` runs it, shut in: it takes the bytes on its standard input and answers with one line of JSON and,
for images, the bytes of a clean picture. Hostile bytes harm nothing but that process. The rules: docs/rules/evidence.md.
"""

from __future__ import annotations

import codecs
import contextlib
import importlib
import io
import json
import struct
import sys
import zlib
from collections.abc import Iterator
from encodings.aliases import aliases

import pypdf
from PIL import Image
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError

MAX_SIDE = 10_000
MAX_PIXELS = MAX_SIDE * MAX_SIDE
# A picture for a reviewer's screen; larger ones are halved, thirded, … for the derivative.
SHOWN_PIXELS = 25_000_000
# A photograph kept as PNG grows beyond use; above this the derivative becomes a JPEG.
MAX_PNG_BYTES = 12 * 1024 * 1024
MAX_ANNOTATION_BYTES = 8 * 1024 * 1024
CHECKED_PAGES = 25
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ORIENTATION_TAG = 0x0112
# What the walls around this process refuse is no fault of the bytes: it ends without a verdict.
_WALLS = (ImportError, PermissionError)
# What Pillow and pypdf import only when they meet it.
_LATE_MODULES = (
    *("PIL.ImageCms", "PIL.ImageColor", "PIL.ImageFilter", "colorsys"),
    *("pypdf.filters", "pypdf.generic._image_xobject"),
)
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Refused(Exception):
    """The bytes are wrong; the text is the reason, one word for machines."""


def check_size(width: int, height: int) -> None:
    """Raise Refused for a picture without pixels or with too many; called before anything is inflated."""
    if width < 1 or height < 1:
        raise Refused("image_broken")
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
        raise Refused("too_many_pixels")


def clean_image(data: bytes, content_type: str) -> tuple[str, bytes]:
    """Decode a JPEG or PNG completely and encode it anew, upright, without metadata: its media type and bytes.

    Raises Refused: `too_many_pixels`, `image_truncated`, `image_broken`, `decompression_bomb`.
    """
    is_png = content_type == "image/png"
    try:
        with Image.open(
            io.BytesIO(mended_png(data) if is_png else data), formats=["PNG" if is_png else "JPEG"]
        ) as image:
            check_size(*image.size)
            factor = _reduction(image)
            if factor > 1 and not is_png:
                # Reads all of the file but keeps fewer pixels in memory.
                image.draft(image.mode, (image.width // factor, image.height // factor))
            image.load()
            return _encoded(image, as_png=is_png)
    except (Refused, *_WALLS):
        raise
    except MemoryError as error:
        raise Refused("decompression_bomb") from error
    except Exception as error:
        # Pillow answers odd bytes with errors of any kind; only its words tell a short file from a wrong one.
        is_short = isinstance(error, (OSError, EOFError)) and "truncated" in str(error).lower()
        raise Refused("image_truncated" if is_short else "image_broken") from error


def _reduction(image: Image.Image) -> int:
    """The whole number by which both sides are divided for the picture that reviewers see."""
    factor = 1
    while image.width * image.height > SHOWN_PIXELS * factor * factor:
        factor += 1
    return factor


def _encoded(image: Image.Image, *, as_png: bool) -> tuple[str, bytes]:
    turn = _TURNS.get(_orientation(image))
    plain = _plain(image)
    if (factor := _reduction(plain)) > 1:
        plain = plain.reduce(factor)
    if turn is not None:
        plain = plain.transpose(turn)
    # Pillow writes comments, profiles and densities that it finds here.
    plain.info = {}
    if as_png:
        output = io.BytesIO()
        plain.save(output, "PNG")
        if output.tell() <= MAX_PNG_BYTES:
            return "image/png", output.getvalue()
    if plain.mode in {"LA", "RGBA"}:
        paper = Image.new("RGB", plain.size, "white")
        paper.paste(plain, mask=plain.getchannel("A"))
        plain = paper
    output = io.BytesIO()
    plain.save(output, "JPEG", quality=90)
    return "image/jpeg", output.getvalue()


def _orientation(image: Image.Image) -> int:
    try:
        found: int = image.getexif().get(_ORIENTATION_TAG, 1)
        return found
    except Exception:  # what is wrong with the metadata is nothing against the picture
        return 1


def _plain(image: Image.Image) -> Image.Image:
    """The picture in grey or RGB, with an alpha channel where it had transparency. A large one is not copied for nothing."""
    if image.mode in {"LA", "RGBA"} or (image.mode in {"L", "RGB"} and "transparency" not in image.info):
        return image
    if "transparency" in image.info or image.mode == "PA":
        return image.convert("RGBA")
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    return image.convert("L" if image.mode == "1" else "RGB")


def mended_png(data: bytes) -> bytes:
    """The same picture with right checksums and nothing but what its pixels need; what is missing stays missing.

    Shipped apps write wrong checksums, so they are no reason against a file whose pixels decode. Raises Refused for a
    file whose parts inflate to more than they may, before they are.
    """
    header, kept, pixels = b"", b"", bytearray()
    for kind, body in _png_chunks(data):
        if kind == b"IHDR" and not header:
            header = body
            if len(header) != 13:
                raise Refused("image_broken")
            check_size(*struct.unpack_from(">II", header))
        elif kind in {b"PLTE", b"tRNS", b"eXIf"}:
            kept += _png_chunk(kind, body)
        elif kind == b"IDAT":
            pixels += body
        elif kind in {b"iCCP", b"zTXt", b"iTXt"}:
            _check_annotation(kind, body)
    if not header:
        raise Refused("image_broken")
    mended = _with_right_sum(bytes(pixels), limit=_inflated_bytes(header))
    return b"".join(
        (_PNG_SIGNATURE, _png_chunk(b"IHDR", header), kept, _png_chunk(b"IDAT", mended), _png_chunk(b"IEND", b""))
    )


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = len(_PNG_SIGNATURE)
    while position + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        yield kind, data[position + 8 : position + 8 + length]
        if kind == b"IEND":
            return
        position += length + 12


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", zlib.crc32(kind + body))


def _inflated_bytes(header: bytes) -> int:
    """The most that the pixels of a PNG need inflated, with room for filter bytes and interlacing."""
    width, height, depth, color = struct.unpack_from(">IIBB", header)
    row: int = (width * depth * _CHANNELS.get(color, 4) + 7) // 8 + 1
    needed: int = row * height
    return needed + needed // 4 + 65_536


def _with_right_sum(pixels: bytes, *, limit: int) -> bytes:
    """Inflate `pixels` without keeping the result, to count it and to put the sum that it needs at its end."""
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    rest, size, total = memoryview(pixels)[2:], 0, 1
    try:
        while not inflate.eof and (rest or inflate.unconsumed_tail):
            pending = inflate.unconsumed_tail
            if not pending:
                pending, rest = bytes(rest[:65_536]), rest[65_536:]
            piece = inflate.decompress(pending, 1 << 20)
            size, total = size + len(piece), zlib.adler32(piece, total)
            if size > limit:
                raise Refused("decompression_bomb")
    except zlib.error:
        return pixels  # the decoder has the last word
    if not inflate.eof:
        return pixels
    end = len(pixels) - len(rest) - len(inflate.unused_data)
    return pixels[:end] + struct.pack(">I", total)


def _check_annotation(kind: bytes, body: bytes) -> None:
    _, _, packed = body.partition(b"\0")
    if kind == b"iTXt":
        if packed[:1] != b"\1":
            return
        packed = packed[1:].split(b"\0", 2)[-1]
    inflate = zlib.decompressobj()
    try:
        inflate.decompress(packed[1:], MAX_ANNOTATION_BYTES)
    except zlib.error:
        return  # nobody will read it
    if inflate.unconsumed_tail:
        raise Refused("decompression_bomb")


def check_pdf(data: bytes) -> None:
    """Read a PDF's structure and the contents of its first pages. Nothing in it is run.

    Raises Refused: `pdf_encrypted`, `pdf_broken`, `decompression_bomb`.
    """
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), root_object_recovery_limit=1_000)
        if reader.is_encrypted:
            raise Refused("pdf_encrypted")
        # Readers look for the mark in the last kilobyte; without it the file's end is missing.
        if b"%%EOF" not in data.rstrip(b"\0\r\n\t ")[-1024:] or not len(reader.pages):
            raise Refused("pdf_broken")
        for number in range(min(len(reader.pages), CHECKED_PAGES)):
            _read_page(reader.pages[number])
    except (DependencyError, FileNotDecryptedError) as error:
        raise Refused("pdf_encrypted") from error
    except (LimitReachedError, MemoryError) as error:
        raise Refused("decompression_bomb") from error
    except (Refused, *_WALLS):
        raise
    except NotImplementedError:
        return  # a rare filter, which is no fault
    except Exception as error:
        raise Refused("pdf_broken") from error


def _read_page(page: pypdf.PageObject) -> None:
    _ = page.mediabox
    contents = page.get_contents()
    if contents is not None:
        contents.get_data()


def preload() -> None:
    """Import whatever decoding may need: once this process is shut in, no file can be opened."""
    Image.init()
    for name in _LATE_MODULES:
        importlib.import_module(name)
    for encoding in set(aliases.values()):
        # Some belong to another system.
        with contextlib.suppress(LookupError, ImportError):
            codecs.lookup(encoding)
    with contextlib.suppress(ImportError):
        importlib.import_module("pypdfium2_raw")


def main(content_type: str) -> None:
    """Judge what comes on standard input."""
    Image.MAX_IMAGE_PIXELS = None  # `check_size` decides
    reason, found, clean = None, None, b""
    try:
        data = sys.stdin.buffer.read()
        if content_type == "application/pdf":
            check_pdf(data)
        else:
            found, clean = clean_image(data, content_type)
    except Refused as refusal:
        reason = str(refusal)
    except MemoryError:
        reason = "decompression_bomb"
    sys.stdout.buffer.write(json.dumps({"reason": reason, "contentType": found}).encode() + b"\n" + clean)
    sys.stdout.buffer.flush()
