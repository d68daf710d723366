"""Which encoding a text file has, and a UTF-8 copy of one that DuckDB cannot read."""

from __future__ import annotations

import codecs
import io
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connectors.files.line_ends import open_bytes

UTF8: Final = "utf-8"
_CHUNK: Final = 1 << 20
_SAMPLE: Final = 1 << 17
_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_WESTERN: Final = ("windows-1252", "cp850", "mac_roman", "cp437", "iso8859-15")
_OTHERS: Final = ("cp1250", "cp852", "iso8859-2", "cp1251", "koi8-r", "cp866", "cp1253", "cp1254", "cp1257", "cp1255")
_ASIAN: Final = ("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr")
_LETTERS_BEYOND_ASCII: Final = tuple(
    frozenset(letters)
    for letters in (
        "äöüß", "éèêëàâçîïôûùœæ", "ñáíóúüé", "ãõáéíóúâêôàç", "àèéìòùîó", "ëïéèöüó", "åæøäöé", "ąćęłńóśźż",
        "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșțşţ", "čćđšž", "çğıöşüiâ", "ąčęėįšųūž", "āčēģīķļņšūž",
        "äöõüšž",
    )
)  # fmt: skip
"""Of each language in Latin letters: a text uses those of one language, a wrong reading mixes them."""
_WESTERN_LETTERS: Final = frozenset().union(*_LETTERS_BEYOND_ASCII[:7])
_ANOTHER_LANGUAGE: Final = 0.6
"""Shops in the west name goods in several languages: crème, Käse and jalapeño stand in one file."""
_RARE_CYRILLIC: Final = frozenset("ЂЃѓЉЊЌЋЏђљњќћџЎўЈҐЁЄЇІіґёєјЅѕї")
_USUAL_SIGNS: Final = frozenset("€£°–—’‘“”„«»…²³½º\xa0")
_ENOUGH: Final = 0.5
_CLEARLY_BETTER: Final = 0.2
_COMMONEST: Final = 0.25
"""What windows-1252 is ahead of other readings in Latin letters, being what most programs write."""
_ENOUGH_TO_TELL_LANGUAGES: Final = 60
_REPLACED: Final = "tillsight-undecodable"


@dataclass(frozen=True, slots=True)
class Detected:
    """What a file's encoding seems to be.

    Attributes:
        encoding: The likeliest.
        alternatives: Others under which the file reads differently and about as well; empty where there is no doubt.
    """

    encoding: str
    alternatives: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether only one reading makes sense."""
        return not self.alternatives


def byte_order_mark(path: Path) -> str | None:
    """The encoding that the first bytes of a file name, if they do."""
    with open_bytes(path) as handle:
        start = handle.read(4)
    return next((encoding for mark, encoding in _MARKS.items() if start.startswith(mark)), None)


def detect(path: Path) -> Detected:
    """Find out a file's encoding. Reads the whole file, a chunk at a time."""
    known = byte_order_mark(path) or _unmarked_utf16(path) or (UTF8 if _decodes(path, UTF8) else None)
    if known is not None:
        return Detected(known)
    sample = _foreign_lines(path)
    fitting = [encoding for encoding in (*_WESTERN, *_OTHERS, *_ASIAN) if _decodes(path, encoding)]
    readings = _readings(sample, fitting)
    if not readings:
        return Detected(UTF8, ("windows-1252",))
    best, score = readings[0]
    close = [encoding for encoding, other in readings[1:] if other > max(score - _CLEARLY_BETTER, 0)]
    if score < _ENOUGH:
        return Detected(best, tuple(close) or (UTF8,))
    return _told_by_language(sample, best, close) if close else Detected(best)


def utf8_copy(path: Path, copy: Path, encoding: str) -> Path:
    """Write a UTF-8 copy of a text file, lines ended by a line feed; needs the memory of a chunk.

    What cannot be decoded becomes a byte that no UTF-8 text holds, so that its line is found later and put aside.
    """
    unfinished = copy.with_suffix(".unfinished")
    with (
        open_bytes(path) as handle,
        io.TextIOWrapper(handle, encoding=encoding, errors=_REPLACED, newline=None) as text,
        unfinished.open("wb") as target,
    ):
        while chunk := text.read(_CHUNK):
            target.write(chunk.encode(UTF8, "surrogateescape"))
    return unfinished.replace(copy)


def _mark_undecodable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\udcff", error.end


codecs.register_error(_REPLACED, _mark_undecodable)


def _unmarked_utf16(path: Path) -> str | None:
    """UTF-16 without a mark: half of its bytes are NUL where the text is Latin."""
    with open_bytes(path) as handle:
        start = handle.read(4096)
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) < max(len(start) * 0.3, 4):
        return None
    encoding = "utf-16-be" if even > odd else "utf-16-le"
    return encoding if _decodes(path, encoding) else None


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with open_bytes(path) as handle:
            while chunk := handle.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _foreign_lines(path: Path) -> bytes:
    """The first lines that are not plain ASCII."""
    found = bytearray()
    with open_bytes(path) as handle:
        while len(found) < _SAMPLE and (line := handle.readline(_SAMPLE)):
            if not line.isascii():
                found += line
    return bytes(found)


def _readings(sample: bytes, encodings: list[str]) -> list[tuple[str, float]]:
    """One encoding per way to read the sample, with how sensible it is, the best first."""
    texts: dict[str, str] = {}
    for encoding in encodings:
        texts.setdefault(sample.decode(encoding, "ignore"), encoding)
    scores = [(encoding, _sense(text, encoding)) for text, encoding in texts.items()]
    return sorted(scores, key=lambda entry: -entry[1])


def _sense(text: str, encoding: str) -> float:
    """From -1 (rubbish) to 1: how far the characters beyond ASCII stand where such characters stand in words."""
    letters = Counter(character.lower() for character in text if not character.isascii() and character.isalpha())
    language = max(_LETTERS_BEYOND_ASCII, key=lambda used: sum(letters[letter] for letter in used))
    values = [
        _sense_of(text[index - 1 : index], character, text[index + 1 : index + 2], encoding, language)
        for index, character in enumerate(text)
        if not character.isascii()
    ]
    ahead = _COMMONEST if encoding == "windows-1252" else 0
    return min(sum(values) / len(values) + ahead, 1 + ahead) if values else 0.0


def _sense_of(before: str, character: str, after: str, encoding: str, language: frozenset[str]) -> float:
    if character in _USUAL_SIGNS:
        return 0.4 if character in "£€" and (before.isalpha() or after.isalpha()) else 0.8
    if not character.isalpha():
        return -1.0
    script = _script(character)
    neighbours = [other for other in (before, after) if other.isalpha()]
    if any(_script(other) != script for other in neighbours):
        return -1.0
    if character.isupper() and (before.islower() or (before.isalpha() and after.islower())):
        return -1.0
    if script == "LATIN":
        if len(neighbours) == 2 and not any(other.isascii() for other in neighbours):
            return -0.5
        if character.lower() in language:
            return 1.0
        return _ANOTHER_LANGUAGE if character.lower() in _WESTERN_LETTERS else 0.0
    if script == "EAST ASIAN":
        return _commonness(character, encoding)
    return 0.9 if neighbours and script != "OTHER" and character not in _RARE_CYRILLIC else 0.2


def _script(character: str) -> str:
    name = unicodedata.name(character, "OTHER").split(" ", 1)[0].split("-", 1)[0]
    if name in {"HIRAGANA", "KATAKANA", "CJK", "FULLWIDTH", "HANGUL"}:
        return "EAST ASIAN"
    return name if name in {"LATIN", "CYRILLIC", "GREEK", "HEBREW", "ARABIC"} else "OTHER"


def _commonness(character: str, encoding: str) -> float:
    """The character sets of East Asia have the common characters first."""
    try:
        lead = character.encode("gb2312" if encoding == "gb18030" else encoding)[0]
    except UnicodeEncodeError:
        return -0.5
    common = {"shift_jis": range(0x81, 0x98), "euc_jp": range(0xA4, 0xD0), "gb18030": range(0xB0, 0xD8),
              "big5": range(0xA4, 0xC7), "euc_kr": range(0xB0, 0xC9)}  # fmt: skip
    return 0.9 if lead in common[encoding] else -0.2


def _told_by_language(sample: bytes, best: str, close: list[str]) -> Detected:
    """Between readings of which each makes sense, take the one whose words are those of a language."""
    from charset_normalizer import from_bytes

    foreign = sum(byte >= 0x80 for byte in sample)
    if foreign < _ENOUGH_TO_TELL_LANGUAGES:
        return Detected(best, tuple(close))
    matches = from_bytes(sample, cp_isolation=[best, *close], enable_fallback=False)
    ranked = sorted(matches, key=lambda match: (-match.coherence, match.chaos))
    if not ranked or (len(ranked) > 1 and ranked[0].coherence - ranked[1].coherence < 0.05):
        return Detected(best, tuple(close))
    winner = codecs.lookup(ranked[0].encoding).name
    chosen = next((encoding for encoding in (best, *close) if codecs.lookup(encoding).name == winner), best)
    return Detected(chosen)
