"""The guard warns of what is personal, and lets logs, versions and tables in peace."""

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lib.personal_data import Finding, Kind, find, mask

MANY = settings(max_examples=400, deadline=None, database=None)

PERSONAL = {
    Kind.EMAIL: """
        a.b+c@example.com | bob@foo.test | x@sub.example.org | ANNA@EXAMPLE.NET | zoë@bücher.example | a_b@x-y.co.uk
    """,
    Kind.PHONE: """
        +49 170 1234567 | +1 (415) 555-0132 | +44 (0)20 7946 0958 | +33612345678 | +91 98765 43210 | +974-551-6542
        | 0049 170 1234567 | 0171/1234567 | (030) 1234567 | 020 7946 0958 | 06-12345678 | 06 1234 5678 | 01 42 68 53 00
        | 06.12.34.56.78 | 07700900123 | 0301234567 | (415) 555-0132 | 415-555-0132 | 1-800-555-0132 | 030 901820
    """,
    Kind.CARD: """
        4111 1111 1111 1111 | 4111-1111-1111-1111 | 4111111111111111 | 5500 0000 0000 0004 | 2223003122003222
        | 3782 822463 10005 | 3056 930902 5904 | 6011111111111117 | 3530111333300000 | 4222222222222 | 6304000000000000
    """,
    Kind.IBAN: """
        DE89 3704 0044 0532 0130 00 | GB29NWBK60161331926819 | gb29 nwbk 6016 1331 9268 19 | NO93 8601 1117 947
        | MT84 MALT 0110 0001 2345 MTLC AST0 01S | FR14-2004-1010-0505-0001-3M02-606 | CH93 0076 2011 6238 5295 7
    """,
    Kind.SERIAL: "TM3-88214-0937-AX | AB12-3456-7890-1234",
}
FOUND = [(kind, text.strip()) for kind, texts in PERSONAL.items() for text in texts.split(" | ")]
FRAMES = ["{}", "My number: {}, thanks", "({})", "```\n20:00:03 acs: <{}>\n```", "| {} | x |", "a {}. B"]

IMPERSONAL = """
    version 2.14.0.1234 | firmware 7.57 | react@18.2.0 | RT-AX88U-3004-388-4 | app version 4.12.2034.1 | v10.15.7
    | 1.2.3.4 | 192.168.178.1:8080 | 10.0.0.1/24 | 255.255.255.0 | 8.8.8.8 8.8.4.4 | fe80::1ff:fe23:4567:890a
    | 2026-05-12 10:33:01 | 2026-05-12T10:33:01.123456+02:00 | 12/05/2026 10:33 | 12.05.2026 | 05-12-2026 10:33:44
    | +2026-05-12 10:33 | 2026-05-12T10-33-01Z | UTC+02:00 | 20:00:03 acs: scan done, best channel 116 (load 4 %)
    | [12345.678901] usb 1-1: new device | 1715500800 | 1715500800123 | 10:33:44.123456 | Tue May 12 20:00:03 2026
    | 36 40 44 48 52 56 60 64 100 104 108 112 | 036 040 044 048 052 | 01 02 03 04 05 06 | 01 02 03 04 05 | 0 1 2 3 4 5 6 7 8
    | 2412 2417 2422 2427 2432 2437 | 5180 5200 5220 5240 | 149 153 157 161 165 | 256 512 1024 | 4000 5000 6000 7000
    | 0x80070057 | E-41 | -2147024891 | error 0815 | HTTP 404 | 0000:00:1f.2 | errno 110 | exit code 137
    | 1000000 | 1,234,567.89 | 30 000 000 | 1 000 000 000 | +10.5 dB | 3.14159265358979 | 1.299,00 EUR | +1000000
    | +52.520008 13.404954 | -67 dBm 2412 MHz | port 49152-65535 | 100-200-300 | 800 600 400 200 | 2024 2025 2026 2027
    | 00:1A:2B:3C:4D:5E | 00-1A-2B-3C-4D-5E | 550e8400-e29b-41d4-a716-446655440000 | CVE-2026-12345 | ISO-8859-15
    | 550E8400-E29B-41D4-A716-446655440000 | ECDHE-RSA-AES256-GCM-SHA384 | ISBN 978-3-16-148410-0 | RFC 9110
    | icon@2x.png | git@github.com:foo/bar.git | root@router:~# | @maria hello | @me@mastodon.social | a @ b.c
    | serial port COM3 | serial 115200 baud | serial console ttyS0 | serial number is amber | SN 2026-05-12
    | call me at 10:30 | phone 12 pro max | call 0x12345678 | mobile version 4.12.2034.1 | text 1234567
    | 00000000  cf fa ed fe 07 00 00 01  03 00 00 80 | 04 00 00  85 00 20 00 01 02 | 0111 01010 | 0001 0111 0101 0110
    | 4111 1111 1111 1112 | 4111111111111112 | DE88 3704 0044 0532 0130 00 | XX89 3704 0044 0532 0130 00 | DE89 is
"""
REPEATED = """
    a | a. | 1 | 1_ | 1- | 12_ | 1234_ | 4111 1111 1111 1111_ | + | +1 | +49_ | 0 | 01_ | 0049_ | a@ | a@b. | @ | DE89 | DE89_
    | DE89 3704 0044 0532 0130 00_ | A1- | AB12- | 1234-5678-A- | serial_ | serial:_ | sn a1 | tel_ | tel:_ | call me at_
    | (415)_ | 415-555- | 1. | 2026-05-12 10:33:01_ | _ | - | a- | % | 0171/ | x1.
"""


@pytest.mark.parametrize(("kind", "text"), FOUND, ids=[text for _, text in FOUND])
@pytest.mark.parametrize(
    "frame", ["{}", "My number: {}, thanks", "({})", "```\n20:00:03 acs: <{}>\n```", "| {} | x |", "a {}. B"]
)
def test_personal_data_is_found_wherever_it_stands(kind, text, frame):
    whole = frame.format(text)
    start = whole.index(text)
    assert Finding(kind, start, start + len(text), text) in find(whole)
    assert text not in mask(whole)


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("Serial: TM3-1", Kind.SERIAL, None),
        ("Serial TM388214", Kind.SERIAL, "TM388214"),
        ("S/N: C02XL0GZJGH5", Kind.SERIAL, "C02XL0GZJGH5"),
        ("s/n c02xl0gzjgh5", Kind.SERIAL, "c02xl0gzjgh5"),
        ("SN `ABC-1234567`", Kind.SERIAL, "ABC-1234567"),
        ("serial number is 12345678.", Kind.SERIAL, "12345678"),
        ("Serial No. **4711-0815-AB**", Kind.SERIAL, "4711-0815-AB"),
        ("Meine Seriennummer ist: X12345Z", Kind.SERIAL, "X12345Z"),
        ("IMEI: 490154203237518", Kind.SERIAL, "490154203237518"),
        ("tel: 5550132", Kind.PHONE, "5550132"),
        ("phone number is 555 0132 99", Kind.PHONE, "555 0132 99"),
        ("Call me at 66568786", Kind.PHONE, "66568786"),
        ("Tel 00 974 413 3571", Kind.PHONE, "00 974 413 3571"),
        ("card 4111 1111 1111 1111 123", Kind.CARD, "4111 1111 1111 1111"),
        ("4111 1111 1111 1111 12/26", Kind.CARD, "4111 1111 1111 1111"),
        ("12/26 4111 1111 1111 1111", Kind.CARD, "4111 1111 1111 1111"),
        ("to DE89 3704 0044 0532 0130 00 please", Kind.IBAN, "DE89 3704 0044 0532 0130 00"),
        ("<bob@example.com>,", Kind.EMAIL, "bob@example.com"),
        ("https://user:secret@host.example.com/x", Kind.EMAIL, "secret@host.example.com"),
    ],
)
def test_what_is_announced_or_framed_is_found_to_the_letter(text, kind, found):
    assert [(finding.kind, finding.text) for finding in find(text)] == ([(kind, found)] if found else [])


@pytest.mark.parametrize("text", [text.strip() for text in IMPERSONAL.split(" | ")])
def test_what_only_looks_like_it_is_passed_over(text):
    assert find(text) == []
    assert find(f"```\nlog: {text}\n```") == []
    assert mask(text) == text


def luhn(digits):
    doubled = [int(c) * (2 - i % 2) for i, c in enumerate(reversed(digits))]
    return digits + str(-sum(n // 10 + n % 10 for n in doubled) % 10)


@MANY
@given(st.from_regex(r"(4[0-9]{14}|5[1-5][0-9]{13}|3[47][0-9]{12})", fullmatch=True), st.sampled_from(["", " ", "-"]))
def test_every_card_number_is_found_and_none_with_a_wrong_digit(digits, separator):
    number = luhn(digits)
    lengths = (4, 6, 5) if len(number) == 15 else (4, 4, 4, 4)
    groups = [number[sum(lengths[:i]) : sum(lengths[: i + 1])] for i in range(len(lengths))]
    written = separator.join(groups)
    kinds = {Kind.CARD}
    assert {finding.kind for finding in find(f"card {written} ok") if finding.text == written} == kinds or rises(groups)
    wrong = written[:-1] + str((int(written[-1]) + 1) % 10)
    assert Kind.CARD not in {finding.kind for finding in find(wrong)}


def rises(groups):
    return sorted(groups) == groups


@MANY
@given(st.from_regex(r"[0-9]{18}", fullmatch=True))
def test_every_german_iban_is_found_and_none_with_a_wrong_digit(account):
    check = 98 - int(f"{account}131400") % 97
    iban = f"DE{check:02}{account}"
    assert [finding.kind for finding in find(iban)] == [Kind.IBAN]
    wrong = iban[:-1] + str((int(iban[-1]) + 1) % 10)
    assert Kind.IBAN not in {finding.kind for finding in find(wrong)}


OTHERS = [" ", "\n", ", ", "x", "1", "-", "+", "@", "serial ", "tel ", "٣", "é", "\ud800"]
PIECES = st.sampled_from([text for _, text in FOUND] + OTHERS)


@MANY
@given(st.one_of(st.lists(PIECES, max_size=12).map("".join), st.text(st.characters())))
def test_findings_are_in_order_apart_and_true_and_masking_leaves_the_rest(text):
    findings = find(text)
    assert all(text[finding.start : finding.end] == finding.text for finding in findings)
    assert all(a.end <= b.start for a, b in pairwise(findings))
    rest = text
    for finding in reversed(findings):
        rest = rest[: finding.start] + "[removed]" + rest[finding.end :]
    assert mask(text) == rest


def test_a_question_as_people_write_it():
    text = (
        "Since the storm the satellite is amber. Serial TM3-88214-0937-AX, firmware 2.14.0.\n\n```\n"
        "20:00:03 acs: scan done, best channel 116\n20:00:04 login: anna@example.com from 192.168.1.20\n```\n"
        "Please call +49 30 901820 before 2026-05-12 18:00."
    )
    assert [finding.text for finding in find(text)] == ["TM3-88214-0937-AX", "anna@example.com", "+49 30 901820"]
    assert re.sub(r"[^\[]*(\[removed])?", r"\1", mask(text)) == "[removed]" * 3


def seconds(text):
    started = time.process_time()
    find(text)
    return time.process_time() - started


@pytest.mark.parametrize("text", [text.strip().replace("_", " ") for text in REPEATED.split(" | ")])
def test_T11_finding_takes_time_in_proportion_to_the_length(text):
    small = min(seconds(text * (3_000 // len(text))) for _ in range(3))
    limit = 25 * max(small, 0.001)  # below 1 ms the clock says nothing
    assert any(seconds(text * (30_000 // len(text))) <= limit for _ in range(3))
