"""Can these bytes be decoded, and what may be shown of them?

`service/decoder/child.py` runs it, shut in: it takes the bytes on its standard input and answers with one line of JSON and
the bytes of a clean copy: of an image a picture, of a PDF a PDF of nothing but pictures and the first of these. Hostile bytes
harm nothing but that process. The rules: docs/rules/evidence.md.
"""

from __future__ import annotations

import codecs
import contextlib
import ctypes
import importlib
import io
import json
import math
import struct
import sys
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from encodings.aliases import aliases
from typing import Any

import pypdf

# The bindings alone: the package around them would have PDFium look for the machine's fonts.
import pypdfium2_raw as pdfium
from PIL import Image
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

MAX_SIDE = 10_000
MAX_PIXELS = MAX_SIDE * MAX_SIDE
# A picture for a reviewer's screen; larger ones are halved, thirded, … for the derivative.
SHOWN_PIXELS = 25_000_000
# A photograph kept as PNG grows beyond use; above this the derivative becomes a JPEG.
MAX_PNG_BYTES = 12 * 1024 * 1024
MAX_ANNOTATION_BYTES = 8 * 1024 * 1024
CHECKED_PAGES = 25
DRAWN_PAGES = 20
DRAWN_PIXELS = 4_000_000
"""Of one page, whatever its size on paper; small pages are not enlarged beyond 600 dots an inch."""
MAX_SCALE = 600 / 72
MAX_PAGE_BYTES = 2 * 1024 * 1024
SEARCHED_OBJECTS = 50_000
# CPU seconds from `began` on after which no further object is looked at, no further page is begun. A page that takes all
# that is left is one too many: the limit of CPU time ends the process.
SEARCHED_SECONDS, DRAWN_SECONDS = 10.0, 20.0
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ORIENTATION_TAG = 0x0112
# What the walls around this process refuse is no fault of the bytes: it ends without a verdict.
_WALLS = (ImportError, PermissionError)
# What Pillow and pypdf import only when they meet it.
_LATE_MODULES = (
    *("PIL.ImageCms", "PIL.ImageColor", "PIL.ImageFilter", "PIL.ImageOps", "PIL.TiffImagePlugin", "colorsys"),
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


_ACTIONS = {
    "/JavaScript": "javascript",
    "/Launch": "launch",
    "/SubmitForm": "form_submission",
    "/ImportData": "form_submission",
    "/GoToR": "other_file",
    "/GoToE": "other_file",
    "/Rendition": "media",
    "/RichMediaExecute": "media",
}
_KEYS = {
    "/JS": "javascript",
    "/JavaScript": "javascript",
    "/EmbeddedFiles": "embedded_file",
    "/EF": "embedded_file",
    "/AA": "automatic_action",
    "/XFA": "xfa",
}
_KINDS = {
    "/EmbeddedFile": "embedded_file",
    "/FileAttachment": "embedded_file",
    "/RichMedia": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/Screen": "media",
    "/3D": "media",
}


@dataclass(frozen=True, slots=True)
class Clean:
    """What may be shown: the copy, its media type, what was found in the file, and of a PDF the first page as a JPEG."""

    content_type: str
    copy: bytes
    found: tuple[str, ...] = ()
    first_page: bytes = b""


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


def clean_pdf(data: bytes) -> Clean:
    """Judge a PDF, name what in it acts, and draw its first pages.

    Raises Refused: `pdf_encrypted`, `pdf_broken`, `decompression_bomb`.
    """
    began = time.process_time()
    found = check_pdf(data, began=began)
    pages, count = draw_pages(data, began=began)
    if len(pages) < count:
        found.add("pages_not_shown")
    return Clean("application/pdf", picture_pdf(pages), tuple(sorted(found)), pages[0].jpeg)


def check_pdf(data: bytes, *, began: float) -> set[str]:
    """Read a PDF's structure and the contents of its first pages; what in it acts, in words for machines.

    Nothing in it is run. Raises Refused: `pdf_encrypted`, `pdf_broken`, `decompression_bomb`.
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
        pass  # a rare filter, which is no fault
    except Exception as error:
        raise Refused("pdf_broken") from error
    return find_acts(reader, began=began)


def _read_page(page: pypdf.PageObject) -> None:
    _ = page.mediabox
    contents = page.get_contents()
    if contents is not None:
        contents.get_data()


def find_acts(reader: pypdf.PdfReader, *, began: float) -> set[str]:
    """Words for what a viewer would run, open or send, found in all that the trailer leads to.

    `partly_searched` stands for what is too much to look at or cannot be read.
    """
    found: set[str] = set()
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [reader.trailer]
    while waiting:
        item = waiting.pop()
        try:
            if isinstance(item, IndirectObject):
                place = (item.idnum, item.generation)
                if place in seen:
                    continue
                if len(seen) >= SEARCHED_OBJECTS or time.process_time() - began > SEARCHED_SECONDS:
                    found.add("partly_searched")
                    break
                seen.add(place)
                item = item.get_object()
            if isinstance(item, DictionaryObject):
                found.update(_acts_of(item))
                waiting += item.values()
            elif isinstance(item, ArrayObject):
                waiting += item
        except Exception:  # of what cannot be read the viewer has the last word, and it draws
            found.add("partly_searched")
    return found


def _acts_of(item: DictionaryObject) -> Iterator[str]:
    for key in item:
        if key in _KEYS:
            yield _KEYS[key]
    action, kinds = _name(item, "/S"), (_name(item, "/Type"), _name(item, "/Subtype"))
    if action in _ACTIONS:
        yield _ACTIONS[action]
    yield from (_KINDS[kind] for kind in kinds if kind in _KINDS)
    if "/OpenAction" in item:
        opening = item["/OpenAction"]
        # An array, and the action GoTo, only say which page is shown first.
        if isinstance(opening, DictionaryObject) and _name(opening, "/S") != "/GoTo":
            yield "automatic_action"


def _name(item: DictionaryObject, key: str) -> str:
    value = item.get(key)
    value = value.get_object() if isinstance(value, IndirectObject) else value
    return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Page:
    """A drawn page: its size on paper in points, its picture's in pixels, and the picture."""

    paper: tuple[float, float]
    pixels: tuple[int, int]
    jpeg: bytes


def draw_pages(data: bytes, *, began: float) -> tuple[list[Page], int]:
    """Pictures of the first pages, and how many pages there are. A page that cannot be drawn, or not in time, is left out.

    Filled-in forms and annotations are drawn as they look; PDFium is built without scripts. Raises Refused:
    `pdf_encrypted`, `pdf_broken` also when there is no picture at all, `decompression_bomb`.
    """
    document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    if not document:
        is_locked = pdfium.FPDF_GetLastError() in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}
        raise Refused("pdf_encrypted" if is_locked else "pdf_broken")
    # The structure lives as long as the document, which is as long as the process.
    form = pdfium.FPDFDOC_InitFormFillEnvironment(document, pdfium.FPDF_FORMFILLINFO(version=2))
    count, pages = pdfium.FPDF_GetPageCount(document), list[Page]()
    for number in range(min(count, DRAWN_PAGES)):
        if pages and time.process_time() - began > DRAWN_SECONDS:
            break
        if page := pdfium.FPDF_LoadPage(document, number):
            pages.append(_drawn(page, form))
            pdfium.FPDF_ClosePage(page)
    if not pages:
        raise Refused("pdf_broken")
    return pages, count


def _drawn(page: Any, form: Any) -> Page:
    paper = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    if not all(math.isfinite(side) and side > 0 for side in paper):
        paper = 612.0, 792.0
    scale = min(math.sqrt(DRAWN_PIXELS / (paper[0] * paper[1])), MAX_SCALE, MAX_SIDE / max(paper))
    width, height = (max(1, int(side * scale)) for side in paper)
    bitmap = pdfium.FPDFBitmap_Create(width, height, 0)
    if not bitmap:
        raise Refused("decompression_bomb")
    place = (bitmap, page, 0, 0, width, height, 0, pdfium.FPDF_ANNOT)
    pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
    pdfium.FPDF_RenderPageBitmap(*place)
    if form:
        pdfium.FPDF_FFLDraw(form, *place)
    stride = pdfium.FPDFBitmap_GetStride(bitmap)
    pixels = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * height)
    pdfium.FPDFBitmap_Destroy(bitmap)
    picture = Image.frombuffer("RGB", (width, height), pixels, "raw", "BGRX", stride, 1)
    jpeg = _jpeg(picture)
    while len(jpeg) > MAX_PAGE_BYTES:
        picture = picture.reduce(2)
        jpeg = _jpeg(picture)
    return Page(paper, picture.size, jpeg)


def _jpeg(picture: Image.Image) -> bytes:
    output = io.BytesIO()
    picture.save(output, "JPEG", quality=85)
    return output.getvalue()


def picture_pdf(pages: Iterable[Page]) -> bytes:
    """A PDF that shows these pictures, each on paper of its own, and holds nothing else. The same pages, the same bytes."""
    bodies, kids = [b"<</Type/Catalog/Pages 2 0 R>>", b""], list[bytes]()
    for page in pages:
        number = len(bodies) + 1
        kids.append(b"%d 0 R" % number)
        sides = b"%.2f %.2f" % page.paper
        content = b"%.2f 0 0 %.2f 0 0 cm /Page Do" % page.paper
        bodies += (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %s]/Contents %d 0 R/Resources<</XObject<</Page %d 0 R>>>>>>"
            % (sides, number + 1, number + 2),
            b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content),
            b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode"
            b"/Length %d>>\nstream\n%s\nendstream" % (*page.pixels, len(page.jpeg), page.jpeg),
        )
    bodies[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    output, table = bytearray(b"%PDF-1.4\n"), b"0000000000 65535 f \n"
    for number, body in enumerate(bodies, 1):
        table += b"%010d 00000 n \n" % len(output)
        output += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    size = len(bodies) + 1
    return bytes(output) + b"xref\n0 %d\n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        table,
        size,
        len(output),
    )


def preload() -> None:
    """Load whatever decoding may need: once this process is shut in, no file can be opened. Before any input."""
    Image.MAX_IMAGE_PIXELS = None  # `check_size` decides
    Image.init()
    for name in _LATE_MODULES:
        importlib.import_module(name)
    for encoding in set(aliases.values()):
        # Some belong to another system.
        with contextlib.suppress(LookupError, ImportError):
            codecs.lookup(encoding)
    # An empty list of folders: PDFium draws with the fonts of the file and with those that it carries itself.
    folders = (ctypes.c_char_p * 1)(None)
    config = pdfium.FPDF_LIBRARY_CONFIG(version=2)
    config.m_pUserFontPaths = ctypes.cast(folders, type(config.m_pUserFontPaths))
    pdfium.FPDF_InitLibraryWithConfig(config)


def main(content_type: str) -> None:
    """Judge what comes on standard input."""
    reason, clean = None, None
    try:
        data = sys.stdin.buffer.read()
        clean = clean_pdf(data) if content_type == "application/pdf" else Clean(*clean_image(data, content_type))
    except Refused as refusal:
        reason = str(refusal)
    except MemoryError:
        reason = "decompression_bomb"
    parts = [clean.copy, clean.first_page] if clean else []
    head = {
        "reason": reason,
        "contentType": clean.content_type if clean else None,
        "found": clean.found if clean else [],
        "parts": [len(part) for part in parts],
    }
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + b"".join(parts))
    sys.stdout.buffer.flush()
