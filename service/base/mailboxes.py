"""Does a text name one mailbox, to everybody who reads it?"""

from __future__ import annotations

import re
import unicodedata

# Where a mail header knows lists, names, comments, groups and quotations, these characters mean something.
_WORD = r"[^\s@,;:<>()\[\]\"\\]+"
_FORM = re.compile(rf"{_WORD}@{_WORD}\.{_WORD}")


def is_mailbox(text: str) -> bool:
    """Whether `text` is an address that no mail header can read as another one, or as two.

    Refused as well are encoded words (`=?utf-8?…`), which readers decode first, characters that nobody sees, and those
    that become one of the above when a mail server normalises them. Source: RFC 5322, 3.4; RFC 2047.
    """
    if "=?" in text or any(unicodedata.category(character) in {"Cc", "Cf"} for character in text):
        return False
    return bool(_FORM.fullmatch(text)) and bool(_FORM.fullmatch(unicodedata.normalize("NFKC", text)))
