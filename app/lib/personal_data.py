"""Finds what looks personal in a text before it is published: for a warning, so rather one too few than one too many."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise


class Kind(StrEnum):
    EMAIL = "e-mail"
    PHONE = "phone"
    CARD = "card"
    IBAN = "iban"
    SERIAL = "serial"


@dataclass(frozen=True)
class Finding:
    """One piece of personal data: text[start:end] of the searched text."""

    kind: Kind
    start: int
    end: int
    text: str


_GAP = "[ \u00a0\u202f\u2010\u2011\u2013-]"  # spaces and hyphens as people write them between groups of digits

# SWIFT IBAN registry, release 97: country → number of characters.
_IBAN_LENGTHS = {
    country: int(length)
    for length, countries in {
        "15": "NO", "16": "BE", "18": "DK FI FK FO GL NL SD", "19": "MK SI", "20": "AT BA EE KZ LT LU MN XK",
        "21": "CH HR LI LV", "22": "BG BH CR DE GB GE IE ME RS VA", "23": "AE GI IL IQ OM SO TL",
        "24": "AD CZ ES MD PK RO SA SE SK TN VG", "25": "LY PT", "26": "IS TR", "27": "BI DJ FR GR IT MC MR SM",
        "28": "AL AZ BY CY DO GT HN HU LB NI PL SV", "29": "BR EG PS QA UA", "30": "JO KW MU YE", "31": "MT SC",
        "32": "LC", "33": "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d\d(?=[ \u00a0\u202f-]?[A-Za-z0-9])")
_IBAN_REST = {n: re.compile(rf"(?:{_GAP}?[A-Za-z0-9]){{{n - 4}}}(?![A-Za-z0-9])") for n in _IBAN_LENGTHS.values()}

# Digits in one piece, or grouped 4-4-4-4, 4-6-5 (American Express) or 4-6-4 (Diners) as they are embossed; but not a
# longer list of four-digit numbers, as Wi-Fi frequencies are.
_CARD = re.compile(
    rf"(?<![\w.])(?<!\d{{4}}{_GAP})(?=(\d{{13,19}}|\d{{4}}(?:({_GAP})\d{{4}}\2\d{{4}}\2\d{{4}}|({_GAP})\d{{6}}\3\d{{4,5}}))"
    rf"(?![\w.]\w|\w|{_GAP}\d{{4}}(?!\d)))"
)
# ISO/IEC 7812 ranges in use: Visa, Mastercard, American Express, Diners, JCB, Discover and UnionPay, Maestro.
_ISSUER = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3[0689]\d{12}|35\d{14}|6\d{15,18}|5[06-8]\d{11,17}"
)

_EMAIL = re.compile(
    r"(?<![\w+%@-])[\w+%-]{1,64}(?:\.[\w+%-]{1,64}){0,8}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,63}(?![\w@-])"
    r"(?!:[^\s\d])"  # git@host:path is none
)
_FILE_ENDINGS = ("png", "jpg", "jpeg", "gif", "svg", "webp")  # icon@2x.png

_CALL = r"(?:phone|tel(?:efon|éfono|ephone)?|mobile?|cell|handy|whatsapp|fax|call|(?:ring|text) (?:me|us))"
_FILLER = r"(?:[\s:.=#]|\b(?:number|no|nr|is|me|us|at|on|under)\b)"
_SEPARATED = r"(?:[ \u00a0\u202f./()\u2010\u2011\u2013-]{0,3}\d)"
_APART = "[ /\u00a0\u202f\u2010\u2011\u2013-]"
_START, _END = r"(?<![\w.,:/+-])(?<!\d )", r"(?![\w@]|[.:,/-]\d)"
_PHONES = tuple(
    re.compile(pattern)
    for pattern in (
        # International, E.164: up to 15 digits after the plus, or 00 instead of it.
        rf"(?<![\w+.])\+(?!\d{{4}}-\d\d-)[1-9]{_SEPARATED}{{7,14}}{_END}",
        rf"{_START}00[1-9]\d{{1,3}}(?:{_APART}{{1,3}}\d{{2,8}}){{1,4}}{_END}",
        # North America: (415) 555-0132, 415-555-0132.
        rf"{_START}(?:1[ -])?(?:\([2-9]\d\d\) ?|[2-9]\d\d-)\d{{3}}[-. ]\d{{4}}{_END}",
        # National with a zero: 0171 1234567, (030) 12 34 56; 06-12345678, 06 1234 5678; 06 12 34 56 78; 07700900123.
        rf"{_START}(?:\(0[1-9]\d{{1,3}}\)|0[1-9]\d{{1,3}})(?:{_APART}{{1,3}}\d{{2,8}}){{1,4}}{_END}",
        rf"{_START}0[1-9]{_APART}(?:\d{{8}}|\d{{4}} \d{{4}}){_END}",
        rf"{_START}(?<![\da-fA-F]{{2}} )0[1-9](?:[ .-]\d\d){{4}}(?! {{1,2}}[\da-fA-F]{{2}}\b){_END}",
        rf"{_START}0[1-9]\d{{8,9}}{_END}",
        # Anything long enough after a word that announces it.
        rf"(?i:\b{_CALL}\b{_FILLER}{{1,6}})(\+?(?:\(\d{{1,5}}\)|\d){_SEPARATED}{{5,14}}){_END}",
    )
)
_DATE = re.compile(r"(?<!\d)(?:(?:19|20)\d\d([-/. ])[01]\d\1[0-3]\d|[0-3]?\d([-/. ])[01]?\d\2(?:19|20)\d\d)(?!\d)")

# The word serial (S/N, SN, IMEI) and within a few characters something of at least six that has digits …
_SERIAL = re.compile(
    r"(?i:\bserial(?:\s?(?:number|no|nr|num|code))?|\bseriennummer|\bs/n|\bsn|\bimei)\b"
    r"[\s:.=#()*_`'\"]{1,5}(?:ist?\b[\s:]{1,2})?[`'\"]?((?=[\w-]{0,39}\d)[A-Za-z0-9][A-Za-z0-9-]{4,38}[A-Za-z0-9])(?![\w-]|[.:]\w)"
)
# … or a shape that hardly anything else has: capitals and digits in three to seven groups, as TM3-88214-0937-AX.
_SHAPE = re.compile(r"(?<![\w.-])[A-Z0-9]{2,8}(?:-[A-Z0-9]{1,8}){2,6}(?![\w-]|\.\w)")
_LONG_GROUP = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?:\d{4})?(?!\d))\d{4,}")  # no year, no date


def find(text: str) -> list[Finding]:
    """Return what looks personal, in order, without overlaps. No errors; linear in the length of the text.

    Kinds and their proof: IBAN (country length, ISO 7064 check), card (issuer range, Luhn check), e-mail, phone, serial.
    Code blocks are searched like all else, since logs leak too; example addresses are reported as well. What is as long
    but means something else (versions, dates, times, IP addresses, lists of channels, error codes) is passed over.
    """
    taken = bytearray(len(text))
    findings = []
    for kind, start, end in _candidates(text):
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            findings.append(Finding(kind, start, end, text[start:end]))
    return sorted(findings, key=lambda finding: finding.start)


def mask(text: str) -> str:
    """Return the text with each finding replaced by "[removed]". No errors."""
    pieces = []
    done = 0
    for finding in find(text):
        pieces += [text[done : finding.start], "[removed]"]
        done = finding.end
    return "".join([*pieces, text[done:]])


def _candidates(text: str) -> Iterator[tuple[Kind, int, int]]:
    """All findings, the surest kind first."""
    for match in _IBAN.finditer(text):
        rest = _IBAN_REST.get(_IBAN_LENGTHS.get(match[0][:2].upper(), 0))
        whole = rest.match(text, match.end()) if rest else None
        if whole and _is_iban(match[0] + whole[0]):
            yield Kind.IBAN, match.start(), whole.end()
    for match in _CARD.finditer(text):
        if _is_card(match[1]):
            yield Kind.CARD, match.start(1), match.end(1)
    for match in _EMAIL.finditer(text):
        if not match[0].lower().endswith(_FILE_ENDINGS):
            yield Kind.EMAIL, match.start(), match.end()
    for pattern in _SERIAL, _SHAPE:
        for match in pattern.finditer(text):
            if _is_serial(match[0]) if pattern is _SHAPE else _is_announced_serial(match[1]):
                yield Kind.SERIAL, *match.span(pattern.groups)
    for pattern in _PHONES:
        for match in pattern.finditer(text):
            if _is_phone(match[pattern.groups]):
                yield Kind.PHONE, *match.span(pattern.groups)


def _is_iban(written: str) -> bool:
    characters = [c for c in written if c.isalnum()]
    return int("".join(str(int(c, 36)) for c in characters[4:] + characters[:4])) % 97 == 1


def _is_card(written: str) -> bool:
    groups = re.findall(r"\d+", written)
    digits = "".join(groups)
    doubled = (int(c) * (1 + i % 2) for i, c in enumerate(reversed(digits)))
    luhn = sum(n // 10 + n % 10 for n in doubled) % 10 == 0
    return luhn and _ISSUER.fullmatch(digits) is not None and not _is_list(groups)


def _is_phone(written: str) -> bool:
    groups = re.findall(r"\d+", written)
    digits = "".join(groups)
    at_least = 11 if digits.startswith("00") else 9 if digits.startswith("0") else 7
    if not at_least <= len(digits) <= 15 or set(digits) <= {"0", "1"} or _is_list(groups):
        return False
    # A date, a decimal number, an IP address or a version.
    return not (_DATE.search(written) or re.fullmatch(r"\+?\d+\.\d+|\d{1,3}(?:\.\d{1,3}){2,3}", written))


def _is_list(groups: list[str]) -> bool:
    """Whether numbers of one length rise in small or equal steps, as channels and frequencies do."""
    steps = {int(b) - int(a) for a, b in pairwise(groups)}
    return (
        len(groups) > 2 and len(set(map(len, groups))) == 1 and min(steps) > 0 and (len(steps) == 1 or max(steps) <= 20)
    )


def _is_announced_serial(written: str) -> bool:
    digits = sum(c.isdigit() for c in written)
    # Six or seven digits alone are a speed (115200) or a count; a date is no serial.
    return digits >= 2 and (digits < len(written) or digits >= 8) and not _DATE.fullmatch(written)


def _is_serial(written: str) -> bool:
    digits, letters = sum(c.isdigit() for c in written), sum(c.isalpha() for c in written)
    long_groups = len(_LONG_GROUP.findall(written))
    return digits >= letters > 0 and digits + letters >= 12 and long_groups >= 2 and not _DATE.search(written)
