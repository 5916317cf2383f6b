"""Which files does nobody want to trust? Made here, each for one reason: `python -m tests.evidence.corpus FOLDER`."""

from __future__ import annotations

import functools
import io
import struct
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pypdf
from PIL import Image
from pypdf.generic import DecodedStreamObject, NameObject

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass
class Sample:
    """A file, the type it claims, and what must be said of it: a reason, or none when it is fine. Made when asked for."""

    name: str
    content_type: str
    make: Callable[[], bytes]
    reason: str | None

    @functools.cached_property
    def data(self) -> bytes:
        return self.make()


def picture(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """The left upper quarter is red (in colour), the rest a gradient that does not compress to nothing."""
    image = Image.linear_gradient("L").resize((width, height)).convert(mode)
    if mode in {"RGB", "RGBA"}:
        image.paste((250, 0, 0, 255)[: len(mode)], (0, 0, width // 2, height // 2))
    return image


def jpeg(image: Image.Image | None = None, **options: object) -> bytes:
    output = io.BytesIO()
    (image or picture()).save(output, "JPEG", quality=95, **options)
    return output.getvalue()


def png(image: Image.Image | None = None, **options: object) -> bytes:
    output = io.BytesIO()
    (image or picture()).save(output, "PNG", **options)
    return output.getvalue()


def jpeg_with_position(orientation: int = 6) -> bytes:
    """A photograph as a phone takes it: where it was taken, which phone, and which side is up."""
    exif = Image.Exif()
    exif[0x0110] = "Contoh Phone 7"
    exif[0x0112] = orientation
    exif[0x8825] = {1: "S", 2: (6.0, 10.0, 31.0), 3: "E", 4: (106.0, 49.0, 37.0)}
    return jpeg(exif=exif, comment=b"taken at home")


def png_with_position(orientation: int = 8) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x8825] = {1: "S", 2: (6.0, 10.0, 31.0)}
    return png(exif=exif)


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found, position = [], 8
    while position + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        found.append((kind, data[position + 8 : position + 8 + length]))
        position += length + 12
    return found


def join(parts: list[tuple[bytes, bytes]], *, sum_offset: int = 0) -> bytes:
    """A PNG of these chunks; with `sum_offset` each checksum is wrong by that."""
    data = PNG_SIGNATURE
    for kind, body in parts:
        total = (zlib.crc32(kind + body) + sum_offset) & 0xFFFFFFFF
        data += struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", total)
    return data


def png_with_wrong_sums() -> bytes:
    """Every chunk's CRC is wrong, and so is the sum at the end of the pixels; the pixels are all there."""
    parts = [
        (kind, body[:-4] + bytes(byte ^ 0xFF for byte in body[-4:]) if kind == b"IDAT" else body)
        for kind, body in chunks(png())
    ]
    return join(parts, sum_offset=1)


def png_header_only(width: int, height: int) -> bytes:
    """A header that promises pixels, and very few of them."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return join([(b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")])


def png_bomb(inflated_bytes: int = 64 << 20) -> bytes:
    """Sixteen by sixteen pixels whose data inflates to 64 MiB; a thousandth of that as it lies."""
    deflate = zlib.compressobj(9)
    block = bytes(1 << 20)
    packed = b"".join(deflate.compress(block) for _ in range(inflated_bytes >> 20)) + deflate.flush()
    header = struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0)
    return join([(b"IHDR", header), (b"IDAT", packed), (b"IEND", b"")])


def png_with_text_bomb() -> bytes:
    parts = chunks(png())
    parts.insert(1, (b"zTXt", b"Comment\0\0" + zlib.compress(bytes(64 << 20), 9)))
    return join(parts)


def pdf(*, content: bytes = b"0 0 100 100 re f", compress: bool = False, password: str | None = None) -> bytes:
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(612, 792)
    stream = DecodedStreamObject()
    stream.set_data(content)
    page[NameObject("/Contents")] = writer._add_object(stream.flate_encode(9) if compress else stream)
    if password is not None:
        writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def samples() -> list[Sample]:
    """One file for each thing that can be said, the good ones first."""
    good_jpeg, good_pdf = jpeg(picture(640, 480)), pdf()
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect width="9" height="9"/></svg>'
    noise = Image.effect_noise((200, 200), 80)
    return [
        Sample("good.jpg", JPEG, lambda: good_jpeg, None),
        Sample("good-progressive.jpg", JPEG, lambda: jpeg(picture(640, 480), progressive=True), None),
        Sample("good-cmyk.jpg", JPEG, lambda: jpeg(picture().convert("CMYK")), None),
        Sample("good.png", PNG, lambda: png(), None),
        Sample("good-palette.png", PNG, lambda: png(picture().convert("P"), transparency=3), None),
        Sample("good-16-bit.png", PNG, lambda: png(picture(mode="L").convert("I;16")), None),
        Sample("good-alpha.png", PNG, lambda: png(picture(mode="RGBA")), None),
        Sample("good.pdf", PDF, lambda: good_pdf, None),
        Sample("position.jpg", JPEG, lambda: jpeg_with_position(), None),
        Sample("wrong-sums.png", PNG, lambda: png_with_wrong_sums(), None),
        Sample("largest.png", PNG, lambda: png(Image.new("L", (10_000, 10_000), 90)), None),
        Sample("empty.jpg", JPEG, lambda: b"", "empty"),
        Sample("drawing.png", PNG, lambda: svg, "content_type_mismatch"),
        Sample("photo-as.pdf", PDF, lambda: good_jpeg, "content_type_mismatch"),
        Sample("both.pdf", PDF, lambda: b"\xff\xd8\xff\xe0" + good_pdf, "content_type_mismatch"),
        Sample("wide.png", PNG, lambda: png_header_only(10_001, 10_001), "too_many_pixels"),
        Sample("wide.jpg", JPEG, lambda: jpeg(Image.new("L", (10_001, 10_001), 90)), "too_many_pixels"),
        Sample("truncated.jpg", JPEG, lambda: good_jpeg[: len(good_jpeg) // 2], "image_truncated"),
        Sample("truncated.png", PNG, lambda: png(noise)[:9000], "image_truncated"),
        Sample("few-pixels.png", PNG, lambda: png_header_only(200, 200), "image_truncated"),
        Sample("broken.jpg", JPEG, lambda: b"\xff\xd8\xff\xd9" + good_jpeg[4:], "image_broken"),
        Sample("broken.png", PNG, lambda: PNG_SIGNATURE + b"nothing of a picture" * 50, "image_broken"),
        Sample("bomb.png", PNG, lambda: png_bomb(), "decompression_bomb"),
        Sample("text-bomb.png", PNG, lambda: png_with_text_bomb(), "decompression_bomb"),
        Sample("bomb.pdf", PDF, lambda: pdf(content=bytes(100 << 20), compress=True), "decompression_bomb"),
        Sample("encrypted.pdf", PDF, lambda: pdf(password="secret"), "pdf_encrypted"),
        Sample("open-but-encrypted.pdf", PDF, lambda: pdf(password=""), "pdf_encrypted"),
        Sample("broken.pdf", PDF, lambda: b"%PDF-1.7\n" + b"nothing of a document " * 50, "pdf_broken"),
        Sample("truncated.pdf", PDF, lambda: good_pdf[: len(good_pdf) * 2 // 3], "pdf_broken"),
        Sample("no-pages.pdf", PDF, lambda: _without_pages(), "pdf_broken"),
        Sample("26-mib.jpg", JPEG, lambda: good_jpeg + bytes(26 * 1024 * 1024 - len(good_jpeg)), "too_large"),
    ]


def _without_pages() -> bytes:
    output = io.BytesIO()
    writer = pypdf.PdfWriter()
    writer.write(output)
    return output.getvalue()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for sample in samples():
        (folder / sample.name).write_bytes(sample.data)
        print(f"{sample.name}: {sample.content_type}, {sample.reason or 'fine'}")
