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
    """A file, the type it claims, and what must be said of it: a reason, or none when it is fine. Made when asked for.

    `found`: what in it acts, in alphabetical order.
    """

    name: str
    content_type: str
    make: Callable[[], bytes]
    reason: str | None
    found: tuple[str, ...] = ()

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


CATALOG, PAGES = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R>>"
CONTENT = b"<</Length 18>>stream\n0 0 300 400 re f  \nendstream"


def raw_pdf(*more: bytes, catalog: bytes = CATALOG, pages: bytes = PAGES, page: bytes = PAGE) -> bytes:
    """A PDF of these objects: the catalog is number 1, the first of `more` number 5."""
    output, table = bytearray(b"%PDF-1.7\n"), b"0000000000 65535 f \n"
    bodies = (catalog, pages, page, CONTENT, *more)
    for number, body in enumerate(bodies, 1):
        table += b"%010d 00000 n \n" % len(output)
        output += b"%d 0 obj%s endobj\n" % (number, body)
    end = (len(bodies) + 1, table, len(bodies) + 1, len(output))
    return bytes(output) + b"xref\n0 %d\n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % end


def opening(action: bytes, *more: bytes) -> bytes:
    """A PDF that does this as soon as it is opened."""
    return raw_pdf(*more, catalog=CATALOG.replace(b">>", b"/OpenAction %s>>" % action))


def annotated(annotation: bytes, *more: bytes) -> bytes:
    """A PDF with this on its page, over all of it."""
    page = PAGE.removesuffix(b">>") + b"/Annots[<</Type/Annot/Rect[0 0 612 792]%s>>]>>" % annotation
    return raw_pdf(*more, page=page)


def packed_pdf() -> bytes:
    """A PDF that runs JavaScript when it is opened and says so in a compressed object stream only."""
    inside = (CATALOG.replace(b">>", b"/OpenAction 6 0 R>>"), b"<</S/JavaScript/JS(app.alert\\(1\\))>>")
    start = b"1 0 6 %d " % (len(inside[0]) + 1)
    packed = zlib.compress(start + b" ".join(inside))
    bodies = {
        2: PAGES,
        3: PAGE,
        4: CONTENT,
        5: b"<</Type/ObjStm/N 2/First %d/Filter/FlateDecode/Length %d>>stream\n%s\nendstream"
        % (len(start), len(packed), packed),
    }
    output, places = bytearray(b"%PDF-1.7\n"), dict[int, int]()
    for number, body in bodies.items():
        places[number] = len(output)
        output += b"%d 0 obj%s endobj\n" % (number, body)
    rows = [(0, 0, 255), (2, 5, 0), *((1, places[number], 0) for number in bodies), (2, 5, 1), (1, len(output), 0)]
    table = zlib.compress(b"".join(struct.pack(">BHB", *row) for row in rows))
    head = b"<</Type/XRef/Size %d/W[1 2 1]/Root 1 0 R/Filter/FlateDecode/Length %d>>" % (len(rows), len(table))
    end = b"7 0 obj%sstream\n%s\nendstream endobj\nstartxref\n%d\n%%%%EOF" % (head, table, len(output))
    return bytes(output) + end


def many_pages(count: int) -> bytes:
    writer = pypdf.PdfWriter()
    for _ in range(count):
        writer.add_blank_page(612, 792)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def pdf_with_picture(width: int, height: int, inflated_bytes: int) -> bytes:
    """A picture of so many pixels, all of them black, that inflates to so many bytes."""
    deflate = zlib.compressobj(9)
    block = bytes(1 << 20)
    packed = b"".join(deflate.compress(block) for _ in range(inflated_bytes >> 20)) + deflate.flush()
    head = b"<</Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8" % (width, height)
    content = b"612 0 0 792 0 0 cm /I Do"
    return raw_pdf(
        b"%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (head, len(packed), packed),
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        page=PAGE.replace(b"4 0 R", b"6 0 R/Resources<</XObject<</I 5 0 R>>>>"),
    )


def acting() -> list[Sample]:
    """PDFs that would run, open or send something; each is fine to look at as a picture."""
    attached = b"<</Type/EmbeddedFile/Length 2>>stream\nMZ\nendstream"
    names = b"/Names<</EmbeddedFiles<</Names[(a.exe)<</Type/Filespec/F(a.exe)/EF<</F 5 0 R>>>>]>>>>"
    javascript = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"
    return [
        Sample(name, PDF, lambda data=data: data, None, found)  # type: ignore[misc]  # the loop's own
        for name, data, found in (
            ("opens-javascript.pdf", opening(javascript), ("automatic_action", "javascript")),
            ("opens-launch.pdf", opening(b"5 0 R", b"<</S/Launch/F(cmd.exe)>>"), ("automatic_action", "launch")),
            ("opens-page.pdf", opening(b"[3 0 R /Fit]"), ()),
            ("opens-address.pdf", opening(b"<</S/URI/URI(http://192.0.2.1/)>>"), ("automatic_action",)),
            ("packed-javascript.pdf", packed_pdf(), ("automatic_action", "javascript")),
            ("escaped-javascript.pdf", annotated(b"/Subtype/Link/A<</S/J#61vaScript/J#53(1)>>"), ("javascript",)),
            (
                "named-javascript.pdf",
                raw_pdf(catalog=CATALOG.replace(b">>", b"/Names<</JavaScript<</Names[(a)%s]>>>>>>" % javascript)),
                ("javascript",),
            ),
            ("link-launch.pdf", annotated(b"/Subtype/Link/A<</S/Launch/F(cmd.exe)>>"), ("launch",)),
            ("chained-launch.pdf", annotated(b"/Subtype/Link/A<</S/URI/Next<</S/Launch>>>>"), ("launch",)),
            ("embedded.pdf", raw_pdf(attached, catalog=CATALOG.replace(b">>", names + b">>")), ("embedded_file",)),
            ("attached.pdf", annotated(b"/Subtype/FileAttachment/FS<</EF<</F 5 0 R>>>>", attached), ("embedded_file",)),
            ("page-acts.pdf", raw_pdf(page=PAGE.replace(b"/Con", b"/AA<</O<</S/URI>>>>/Con")), ("automatic_action",)),
            ("sends.pdf", annotated(b"/Subtype/Widget/A<</S/SubmitForm/F(http://192.0.2.1/)>>"), ("form_submission",)),
            ("elsewhere.pdf", annotated(b"/Subtype/Link/A<</S/GoToR/F(//192.0.2.1/a.pdf)>>"), ("other_file",)),
            ("film.pdf", annotated(b"/Subtype/RichMedia"), ("media",)),
            ("xfa.pdf", raw_pdf(attached, catalog=CATALOG.replace(b">>", b"/AcroForm<</XFA 5 0 R>>>>")), None),
        )
        for found in [("embedded_file", "xfa") if found is None else found]
    ]


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
        Sample("1000-pages.pdf", PDF, lambda: many_pages(1000), None, ("pages_not_shown",)),
        Sample("20-pages.pdf", PDF, lambda: many_pages(20), None),
        Sample("picture-of-400-megapixels.pdf", PDF, lambda: pdf_with_picture(20_000, 20_000, 1200 << 20), None),
        Sample("picture-bomb.pdf", PDF, lambda: pdf_with_picture(10, 10, 1000 << 20), None),
        Sample("wide-page.pdf", PDF, lambda: raw_pdf(page=PAGE.replace(b"612 792", b"14400 1")), None),
        Sample("endless-page.pdf", PDF, lambda: raw_pdf(page=PAGE.replace(b"612 792", b"1000000000 1000000000")), None),
        Sample("no-paper.pdf", PDF, lambda: raw_pdf(page=PAGE.replace(b"612 792", b"0 0")), None),
        *acting(),
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
