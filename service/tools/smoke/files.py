"""Which bytes does the smoke upload? A real photograph and a real document, different in every run."""

import base64
import hashlib
from dataclasses import dataclass

# 16 × 16 pixels, baseline JPEG, made once with Pillow.
_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5a"
    "YVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAAR"
    "CAAQABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAABQb/xAAYEAACAwAAAAAAAAAAAAAAAAAABAUiMf/EABQBAQAAAAAAAAAAAAAA"
    "AAAAAAD/xAAaEQACAgMAAAAAAAAAAAAAAAAABQMEITFh/9oADAMBAAIRAxEAPwCXVjsqMKx2VFlY7KjCsdlRPe6FTHWT/9k="
)


@dataclass(frozen=True)
class UploadFile:
    """One file as a phone would hold it."""

    name: str
    content_type: str
    data: bytes

    @property
    def checksum_sha256(self) -> str:
        """64 lower-case hex digits."""
        return hashlib.sha256(self.data).hexdigest()


def jpeg(name: str, mark: str) -> UploadFile:
    """A JPEG that decodes; `mark` (ASCII) goes into its comment, so that two files have two checksums."""
    text = mark.encode("ascii")
    comment = b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text
    # The comment segment stands right after the start-of-image marker.
    return UploadFile(name, "image/jpeg", _JPEG[:2] + comment + _JPEG[2:])


def pdf(name: str, mark: str) -> UploadFile:
    """A PDF 1.4 of one page that shows `mark` (ASCII letters, digits, spaces and hyphens)."""
    content = f"BT /F1 18 Tf 72 720 Td ({mark}) Tj ET".encode("ascii")
    bodies = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    data = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    data += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    data += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)
    return UploadFile(name, "application/pdf", bytes(data))
