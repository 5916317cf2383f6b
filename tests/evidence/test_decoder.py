"""Does the decoder draw what a person would see, within its bounds, and open nothing once it has begun?"""

from __future__ import annotations

import io
import pickle
import subprocess
import sys

import pypdf
import pytest
from PIL import Image

from service.evidence import decoder, sandbox
from service.evidence.verdicts import Reason
from tests.evidence import corpus
from tests.evidence.corpus import PAGE, PDF


@pytest.fixture(scope="module", autouse=True)
def prepared() -> None:
    decoder.preload()


def page_of(clean: decoder.Clean) -> Image.Image:
    return Image.open(io.BytesIO(clean.first_page)).convert("L")


def is_dark(picture: Image.Image, x: float, y: float, *, around: float = 20) -> bool:
    """Whether there is something dark near this place of a page of 612 by 792 points, counted from below."""
    scale = picture.width / 612
    left, top = (x - around) * scale, (792 - y - around) * scale
    darkest, _ = picture.crop(tuple(map(int, (left, top, left + 40 * scale, top + 40 * scale)))).getextrema()
    return int(darkest) < 100


class TestPages:
    def test_a_page_looks_as_it_is_on_paper(self) -> None:
        shown = page_of(decoder.clean_pdf(corpus.raw_pdf()))
        assert shown.width * shown.height <= decoder.DRAWN_PIXELS
        assert abs(shown.width / shown.height - 612 / 792) < 0.001
        # The left lower part of the page is black.
        assert [is_dark(shown, *place) for place in ((150, 200), (450, 200), (150, 600))] == [True, False, False]

    def test_pages_keep_their_paper_and_their_turn(self) -> None:
        turned = corpus.raw_pdf(page=PAGE.replace(b"/Contents", b"/Rotate 90/Contents"))
        (page,) = pypdf.PdfReader(io.BytesIO(decoder.clean_pdf(turned).copy)).pages
        assert [float(side) for side in page.mediabox] == [0, 0, 792, 612]

    def test_forms_annotations_and_texts_in_fonts_that_are_not_in_the_file_are_seen(self) -> None:
        content = b"BT /F 24 Tf 300 700 Td (WWW) Tj ET"
        fields = b"/AcroForm<</Fields[7 0 R]/DA(/F 24 Tf)/DR<</Font<</F 5 0 R>>>>>>>>"
        stamp = b"<</Subtype/Form/BBox[0 0 40 40]/Length 16>>stream\n0 0 40 40 re f  \nendstream"
        data = corpus.raw_pdf(
            b"<</Type/Font/Subtype/TrueType/BaseFont/Arial>>",
            b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
            b"<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(WWW)/F 4/DA(/F 24 Tf)/Rect[300 400 400 440]>>",
            b"<</Type/Annot/Subtype/Stamp/F 4/Rect[300 100 340 140]/AP<</N 9 0 R>>>>",
            stamp,
            catalog=corpus.CATALOG.replace(b">>", fields),
            page=PAGE.replace(b"4 0 R", b"6 0 R/Resources<</Font<</F 5 0 R>>>>/Annots[7 0 R 8 0 R]"),
        )
        shown = page_of(decoder.clean_pdf(data))
        for place in ((320, 708), (320, 420), (320, 120)):
            assert is_dark(shown, *place), place
        assert not is_dark(shown, 120, 420)

    def test_the_same_file_has_the_same_copy(self) -> None:
        data = corpus.many_pages(3)
        assert decoder.clean_pdf(data) == decoder.clean_pdf(data)

    def test_a_page_that_no_picture_makes_small_is_shown_smaller(self) -> None:
        noise = io.BytesIO()
        Image.effect_noise((2200, 2200), 255).convert("RGB").save(noise, "PDF", quality=100)
        clean = decoder.clean_pdf(noise.getvalue())
        assert len(clean.first_page) <= decoder.MAX_PAGE_BYTES
        assert page_of(clean).width >= 500

    def test_pages_that_are_not_begun_in_time_are_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(decoder, "DRAWN_SECONDS", -1.0)
        clean = decoder.clean_pdf(corpus.many_pages(3))
        assert (len(pypdf.PdfReader(io.BytesIO(clean.copy)).pages), clean.found) == (1, ("pages_not_shown",))

    def test_a_search_ends_in_time_and_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        data = corpus.opening(b"5 0 R", b"<</S/Launch/F(cmd.exe)>>")
        monkeypatch.setattr(decoder, "SEARCHED_OBJECTS", 1)
        assert "partly_searched" in decoder.clean_pdf(data).found
        monkeypatch.undo()
        monkeypatch.setattr(decoder, "SEARCHED_SECONDS", -1.0)
        assert decoder.clean_pdf(data).found == ("partly_searched",)

    def test_objects_that_lead_in_a_circle_or_nowhere_end_the_search(self) -> None:
        data = corpus.raw_pdf(
            b"<</A 6 0 R/B 99 0 R>>", b"[5 0 R 6 0 R]", catalog=corpus.CATALOG.replace(b">>", b"/X 5 0 R>>")
        )
        assert decoder.clean_pdf(data).found == ()


class TestBounds:
    def test_nothing_is_opened_once_it_has_begun(self) -> None:
        """Whoever forbids the child to open files, start threads or load modules takes nothing from it."""
        samples = [
            (sample.content_type, sample.data)
            for sample in corpus.samples()
            if len(sample.data) < 1 << 20 and "bomb" not in sample.name and "megapixels" not in sample.name
        ]
        program = (
            "import pickle, runpy, sys\n"
            "samples = pickle.load(sys.stdin.buffer)\n"
            f"decoder = runpy.run_path({decoder.__file__!r})\n"
            "decoder['preload']()\n"
            "seen = []\n"
            "kinds = ('open', 'import', 'ctypes.dlopen', 'os.', 'socket.', 'subprocess.', '_thread.', 'shutil.')\n"
            "sys.addaudithook(lambda event, args: seen.append((event, str(args)[:80])) if event.startswith(kinds)"
            " else None)\n"
            "for kind, data in samples:\n"
            "    try:\n"
            "        decoder['clean_pdf'](data) if kind.endswith('pdf') else decoder['clean_image'](data, kind)\n"
            "    except decoder['Refused']:\n        pass\n"
            "print(len(samples), seen)\n"
        )
        found = subprocess.run(
            [sys.executable, "-I", "-B", "-c", program], input=pickle.dumps(samples), capture_output=True, check=True
        )
        assert found.stdout.decode().split(maxsplit=1) == [str(len(samples)), "[]\n"]

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces a limit of memory on a process")
    async def test_forms_in_forms_that_need_all_memory_are_a_verdict(self) -> None:
        """A page that draws ten forms, each of which draws ten, nine deep."""
        levels = 9
        forms = [
            b"<</Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F %d 0 R>>>>/Length 60>>stream\n%s\nendstream"
            % (6 + level, b"/F Do " * 10)
            for level in range(levels)
        ]
        last = b"<</Subtype/Form/BBox[0 0 9 9]/Length 12>>stream\n0 0 9 9 re f\nendstream"
        content = b"<</Length 5>>stream\n/F Do\nendstream"
        page = PAGE.replace(b"4 0 R", b"%d 0 R/Resources<</XObject<</F 5 0 R>>>>" % (6 + levels))
        decoded = await sandbox.decode(corpus.raw_pdf(*forms, last, content, page=page), PDF)
        assert decoded.reason in {Reason.UNDECODABLE, Reason.DECOMPRESSION_BOMB}
        assert decoded.clean == decoded.first_page == b""
