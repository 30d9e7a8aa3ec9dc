"""In which character set a text was written, when it does not say. Pure.

Statistics over bytes go wrong on the little that is not ASCII in most office texts: "£250" is then read as Polish. So
the sets of one byte a letter are tried one after the other, and told apart by what they make of words: letters that
no language of the set has, signs within words and capitals amid small letters are misfits. Windows-1252, in which
nearly all such files are, gives way only to a set that fits clearly better.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cached_property

from charset_normalizer import from_bytes

USUAL = "cp1252"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 64 * 1024
_BEFORE = 200
# UTF-8 with a few damaged bytes is UTF-8: text in another set hardly ever holds a sequence that is valid in it.
_MOSTLY = 0.9
_ASCII = bytes(range(128))
_SPOT = re.compile(rb"[\x80-\xff][^\r\n]*")
_RUN = re.compile(rb"[\x80-\xff]{3,}")
_KANA = re.compile("[\u3041-\u30ff]")
# What may stand between two letters though it is none.
_JOINING = frozenset("’‘'´-–—·.\u00ad\u00a0…/@&")

_WESTERN = (
    "äöüß", "àâæçéèêëîïôœùûüÿ", "áéíñóúü", "àáâãçéêíóôõúü", "àèéìîíòóùú", "àçéèíïòóúü", "áéèëêïíóöü", "æøåé",
    "åäöéüšž", "áðéíóúýþæö",
)  # fmt: skip
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čšžćđ", "ăâîşţ", "äöüß")
# These begin with the letters that are met most.
_RUSSIAN = "оеаинтсрвлбгдёжзйкмпуфхцчшщъыьэюя"
_UKRAINIAN = "оаинвтербгґдєжзіїйклмпсуфхцчшщьюя"
_CYRILLIC = (_RUSSIAN, _UKRAINIAN, "аиоенрсјбвгдђжзклљмњптћуфхцчџш", "аоиентрвбгдѓжзѕјкќлљмњпсуфхцчџш")
_GREEK = ("αοιετσνηβγδζθκλμξπρςυφχψωάέήίόύώϊϋΐΰ",)
_HEBREW = ("יוהלאתרמ" + "".join(map(chr, range(0x05D0, 0x05EB))),)
_ARABIC = ("اليمونرت" + "".join(map(chr, (*range(0x0621, 0x063B), *range(0x0641, 0x0653), 0x067E, 0x0686, 0x06AF))),)
_MOST_MET = 8

# Each with the letters beyond ASCII of its languages; the likelier sets first.
_LATIN_SETS: dict[str, tuple[str, ...]] = {
    "cp1250": _CENTRAL,
    "iso8859_2": _CENTRAL,
    "cp1254": ("çğıöşüâîûi\u0307",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž"),
    "mac_roman": _WESTERN,
}
_OTHER_SETS: dict[str, tuple[str, ...]] = {
    "cp1251": _CYRILLIC,
    "koi8_r": (_RUSSIAN,),
    "koi8_u": (_UKRAINIAN,),
    "cp1253": _GREEK,
    "iso8859_7": _GREEK,
    "iso8859_5": _CYRILLIC,
    "cp1255": _HEBREW,
    "cp1256": _ARABIC,
    "iso8859_6": _ARABIC,
}
_JAPANESE_SETS = ("cp932", "euc_jp")
# Without letters that are capital or small there is little to tell by but the library's statistics.
_REMAINING_SETS = ["gb18030", "big5", "euc_kr", "cp932", "cp874"]


def charset_of(data: bytes) -> str:
    """The likely character set of a text: its byte order mark, then what is sure (UTF-16, UTF-8), then what fits its
    words."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    zeros = data[:_SAMPLE].count(0)
    if zeros > len(data[:_SAMPLE]) // 4:
        return "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
    if _is_utf8(data):
        return "utf-8"
    sample = _around_what_is_not_ascii(data)
    usual = _Reading(sample.decode(USUAL, errors="replace"), _WESTERN, latin=True)
    if not usual.misfits:
        return _usual(sample)
    japanese = next((name for name in _JAPANESE_SETS if _is_japanese(sample.decode(name, errors="replace"))), "")
    if japanese:
        return japanese
    runs = sum(map(len, _RUN.findall(sample)))
    script = _of_another_script(sample) if runs * 2 > len(sample.translate(None, _ASCII)) else ""
    return script or _of_latin_letters(sample, usual)


def decode(data: bytes) -> str:
    """Never fails: bytes that fit no character become the replacement character."""
    return data.decode(charset_of(data), errors="replace")


def decode_as(stated: str, data: bytes) -> str:
    """In the set that the text itself states, when there is such a set and the bytes fit it."""
    try:
        name = codecs.lookup(stated).name
        # As all mail programs and browsers do: who states Latin 1 means the usual set, which has the signs it lacks.
        return data.decode(USUAL if name == "iso8859-1" else name)
    except (LookupError, ValueError):
        return decode(data)


def _is_utf8(data: bytes) -> bool:
    beyond = len(data.translate(None, _ASCII))
    damaged = data.decode("utf-8", errors="replace").count("\ufffd") - data.count("\ufffd".encode())
    return damaged <= (1 - _MOSTLY) * beyond


def _around_what_is_not_ascii(data: bytes) -> bytes:
    """The lines that hold anything else, from a little before it."""
    spots: list[bytes] = []
    size = end = 0
    for spot in _SPOT.finditer(data):
        before = data[max(end, spot.start() - _BEFORE) : spot.start()]
        spots.append(re.split(rb"[\r\n]", before)[-1] + spot[0])
        size, end = size + len(spots[-1]), spot.end()
        if size > _SAMPLE:
            break
    return b"\n".join(spots)[:_SAMPLE]


@dataclass(frozen=True)
class _Reading:
    """A text as one set reads it."""

    text: str
    alphabets: tuple[str, ...]
    latin: bool

    @cached_property
    def letters(self) -> list[str]:
        return [c.lower() for c in self.text if c > "\x7f" and c.isalpha() and c not in "ªºµ"]

    @cached_property
    def misfits(self) -> int:
        """Of the language whose letters fit best."""
        foreign = min(sum(letter not in alphabet for letter in self.letters) for alphabet in self.alphabets)
        return foreign + self.text.count("\ufffd") + sum(map(self._misplaced, self.text, self.text[1:], self.text[2:]))

    @cached_property
    def met(self) -> int:
        """How many are among the letters most met."""
        return max(sum(letter in alphabet[:_MOST_MET] for letter in self.letters) for alphabet in self.alphabets)

    def _misplaced(self, before: str, sign: str, after: str) -> bool:
        """Whether something does not belong into this word: a sign between letters, a capital after a small letter, in
        other scripts than ours one of our letters."""
        if max(before, sign, after) <= "\x7f" or not before.isalpha():
            return False
        if sign.isalpha() and sign not in "ªº":
            mixed = not self.latin and (before <= "\x7f") != (sign <= "\x7f")
            return mixed or (before.islower() and sign.isupper() and max(before, sign) > "\x7f")
        return sign > "\x7f" and after.isalpha() and sign not in _JOINING and not sign.isspace()


def _readings(sample: bytes, sets: dict[str, tuple[str, ...]], latin: bool) -> dict[str, _Reading]:
    return {name: _Reading(sample.decode(name, errors="replace"), alphabets, latin) for name, alphabets in sets.items()}


def _usual(sample: bytes) -> str:
    # The one set of the West with a euro sign there: nobody writes what the others have in its place.
    return "iso8859_15" if b"\xa4" in sample and not re.search(rb"[\x80-\x9f]", sample) else USUAL


def _of_latin_letters(sample: bytes, usual: _Reading) -> str:
    others = _readings(sample, _LATIN_SETS, latin=True)
    best = min(others, key=lambda name: others[name].misfits)
    enough = len(others[best].letters) >= 4 and usual.misfits >= 2
    return best if enough and others[best].misfits * 5 <= usual.misfits else _usual(sample)


def _of_another_script(sample: bytes) -> str:
    """ "" when nothing fits."""
    readings = _readings(sample, _OTHER_SETS, latin=False)
    best = min(readings, key=lambda name: (readings[name].misfits, -readings[name].met))
    letters = len(readings[best].letters)
    if readings[best].misfits * 20 <= letters and letters * 4 >= len(sample.translate(None, _ASCII)) * 3:
        return best
    # The library holds it against a set that the sample breaks off within a character.
    found = from_bytes(sample.rpartition(b"\n")[0] or sample, cp_isolation=_REMAINING_SETS)
    likely = sorted(found, key=lambda one: (one.chaos, -one.coherence, _REMAINING_SETS.index(one.encoding)))
    return likely[0].encoding if likely else ""


def _is_japanese(text: str) -> bool:
    """Whether kana are a good part of it, as in all Japanese of more than a few words. In Shift JIS the second of two
    bytes may be ASCII, so that no runs tell."""
    beyond = sum(c > "\x7f" for c in text)
    return text.count("\ufffd") * 20 <= beyond and len(_KANA.findall(text)) * 5 >= beyond
