"""The static files as they leave the house."""

import gzip
import re
import shutil
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest

from app.lib.assets import (
    FAVICON,
    SCRIPT,
    STYLES,
    TOOLBAR,
    Assets,
    MissingFile,
    bundled_styles,
    smaller_css,
    smaller_js,
)

STATIC = Path(__file__).parents[2] / "static"
HTMX = "var htmx=(()=>1)();"


@pytest.fixture
def static(tmp_path: Path) -> Path:
    """Our own static files, with short stand-ins for what npm brings."""
    folder = tmp_path / "static"
    shutil.copytree(STATIC, folder, ignore=shutil.ignore_patterns("vendor"))
    (folder / "vendor").mkdir()
    (folder / "vendor" / "htmx.min.js").write_text(HTMX + "\n//# sourceMappingURL=htmx.min.js.map\n", "utf-8")
    (folder / "vendor" / "markdown-toolbar-element.js").write_text("export default 1;", "utf-8")
    return folder


@pytest.fixture
def assets(static: Path) -> Assets:
    return Assets(static)


def parts(address: str) -> tuple[str, str]:
    match = re.fullmatch(r"/assets/([0-9a-f]{12})/([\w.-]+)", address)
    assert match
    return match[1], match[2]


def plain(assets: Assets, name: str) -> str:
    found = assets.get(*parts(assets.url(name)))
    assert found
    return found[0].decode()


def test_an_address_changes_with_the_content_and_only_then(static: Path) -> None:
    before = Assets(static)
    with (static / "js" / "menu.js").open("a", encoding="utf-8") as file:
        file.write("\nconsole.log(1);\n")
    after = Assets(static)
    assert before.url(SCRIPT) != after.url(SCRIPT)
    assert before.url(STYLES) == after.url(STYLES)


def test_an_address_gives_its_file_with_its_type(assets: Assets) -> None:
    types = {
        STYLES: "text/css; charset=utf-8",
        SCRIPT: "text/javascript; charset=utf-8",
        TOOLBAR: "text/javascript; charset=utf-8",
        FAVICON: "image/svg+xml",
    }
    for name, content_type in types.items():
        found = assets.get(*parts(assets.url(name)))
        assert found
        assert found[1:] == (content_type, None)


def test_an_old_fingerprint_or_an_unknown_name_gives_nothing(assets: Assets) -> None:
    fingerprint, name = parts(assets.url(STYLES))
    assert assets.get("0" * 12, name) is None
    assert assets.get(fingerprint, "secret.txt") is None
    assert assets.get(fingerprint, SCRIPT) is None
    with pytest.raises(KeyError):
        assets.url("secret.txt")


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("GZIP", "gzip"),
        ("br;q=0.5, gzip;q=1.0", "br"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.000,gzip ;q=0", None),
        ("identity", None),
        ("brotli", None),
        ("", None),
    ],
)
def test_the_smallest_that_the_client_takes(assets: Assets, header: str, coding: str | None) -> None:
    found = assets.get(*parts(assets.url(STYLES)), header)
    assert found
    assert found[2] == coding
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding]
    assert unpack(found[0]).decode() == plain(assets, STYLES)


def test_compressed_bytes_are_the_same_on_every_machine(static: Path) -> None:
    one, two = Assets(static), Assets(static)
    for coding in ("gzip", "br"):
        address = parts(one.url(STYLES))
        assert one.get(*address, coding) == two.get(*address, coding)


def test_missing_third_party_script_says_what_to_do(static: Path) -> None:
    (static / "vendor" / "htmx.min.js").unlink()
    with pytest.raises(MissingFile, match=r"htmx\.min\.js is missing: run make setup"):
        Assets(static)


def test_styles_begin_with_the_order_of_the_layers(assets: Assets) -> None:
    css = plain(assets, STYLES)
    assert css.startswith("@layer tokens,base,layout,components,pages;@layer tokens{:root{")
    assert css.index("@layer base{") < css.index("@layer layout{") < css.index("@layer components{")
    assert css.count("{") == css.count("}")
    assert "/*" not in css
    assert '"·"' in css


def test_the_meanings_come_after_the_parts_that_they_colour(assets: Assets) -> None:
    css = plain(assets, STYLES)
    assert max(css.index(".row>.i{"), css.index(".note>.i{")) < css.index(".st.solved,.solved>.i")


def test_a_company_sets_its_hue(static: Path) -> None:
    css = bundled_styles(static / "css", 12)
    assert css.endswith("@layer tokens{:root{--brand-hue:12}}")
    assert bundled_styles(static / "css", 240).count("--brand-hue:") == 1
    assert Assets(static, brand_hue=12).url(STYLES) != Assets(static).url(STYLES)


def test_the_script_is_htmx_and_then_one_block_a_behaviour(assets: Assets) -> None:
    script = plain(assets, SCRIPT)
    assert script.startswith(HTMX + "\n{\n")
    assert "sourceMappingURL" not in script
    assert script.count("\n{\n") == len(list((STATIC / "js").glob("*.js")))
    assert not re.search(r"^\s*//|^\s*$", script.rstrip("\n"), re.MULTILINE)


def test_our_own_behaviours_are_small(assets: Assets) -> None:
    own = plain(assets, SCRIPT).removeprefix(HTMX)
    assert len(brotli.compress(own.encode(), quality=11)) <= 3000


def test_the_styles_are_small(assets: Assets) -> None:
    found = assets.get(*parts(assets.url(STYLES)), "br")
    assert found
    assert len(found[0]) <= 7000
    assert len(plain(assets, STYLES)) <= 30_000


def test_no_behaviour_needs_another_or_a_loose_policy() -> None:
    for path in (STATIC / "js").glob("*.js"):
        text = path.read_text("utf-8")
        assert not re.search(r"^\s*(import|export)\s", text, re.MULTILINE), path.name
        assert not re.search(r"\beval\(|new Function|innerHTML|\.style\b|onclick|window\.\w+ =", text), path.name
        assert text.startswith("// "), f"{path.name} does not say what it is for"


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("a { color : red ; }", "a{color :red}"),
        ("a, b > c { margin: 0 4px; }", "a,b>c{margin:0 4px}"),
        ("/* one */ a /* two */ b {}", "a b{}"),
        ('a::after { content: " /* kept */  { ; } "; }', 'a::after{content:" /* kept */  { ; } "}'),
        ("a { content: '\\'  '; }", "a{content:'\\'  '}"),
        ("a { width: calc(1px + 2px - 3px); }", "a{width:calc(1px + 2px - 3px)}"),
        (".a :is(b, c) + d { x: y }", ".a :is(b,c) + d{x:y}"),
        (
            "@media (min-width: 1px) and (pointer: coarse) { a { b: c; } }",
            "@media (min-width:1px) and (pointer:coarse){a{b:c}}",
        ),
        ("a { b: c !important }\n\nd:hover { e: f }", "a{b:c !important}d:hover{e:f}"),
    ],
)
def test_smaller_styles_mean_the_same(source: str, result: str) -> None:
    assert smaller_css(source) == result


def test_smaller_script_keeps_every_line_that_does_something() -> None:
    source = '// what it is\nconst a = 1;\n\n  // why\n  const url = "https://x"; // kept, it is not alone\n'
    assert smaller_js(source) == 'const a = 1;\nconst url = "https://x"; // kept, it is not alone'


def test_a_template_string_over_two_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="template string"):
        smaller_js("const a = `one\n  two`;")


def test_a_page_carries_only_the_icons_it_uses(assets: Assets) -> None:
    markup = assets.icons(["solved", "i-bell", "solved"])
    assert re.findall(r'id="([\w-]+)"', markup) == ["i-bell", "i-solved"]
    assert markup.startswith("<svg hidden><symbol")
    assert markup.endswith("</symbol></svg>")
    assert markup.__html__() == markup, "a template does not escape it"


def test_an_unknown_icon_is_an_error(assets: Assets) -> None:
    with pytest.raises(KeyError, match="unicorn"):
        assets.icons(["bell", "unicorn"])


def test_every_icon_has_a_name_of_its_own() -> None:
    names = re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text("utf-8"))
    assert len(names) == len(set(names))
    assert {"i-router", "i-thermostat", "i-speaker", "i-app", "i-box", "i-privacy"} <= set(names)
