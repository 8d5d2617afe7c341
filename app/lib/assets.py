"""The style sheet, the script, the icons: read once when the program starts, served from memory for ever after.

Every address carries a fingerprint of what is behind it, so a browser may keep it for a year.
"""

import gzip
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import brotli
from markupsafe import Markup

DEFAULT_HUE = 240
STYLES = "askwell.css"
SCRIPT = "askwell.js"
TOOLBAR = "markdown-toolbar.js"
FAVICON = "favicon.svg"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class MissingFile(RuntimeError):
    """A file that the pages cannot do without is not there."""


@dataclass(frozen=True)
class Asset:
    """One file as it goes out: plain and compressed, with its type and its fingerprint."""

    content_type: str
    plain: bytes

    @cached_property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits that change with the content."""
        return hashlib.sha256(self.plain).hexdigest()[:12]

    @cached_property
    def gzip(self) -> bytes:
        """Compressed with gzip, the same bytes on every machine."""
        return gzip.compress(self.plain, compresslevel=9, mtime=0)

    @cached_property
    def br(self) -> bytes:
        """Compressed with Brotli."""
        return bytes(brotli.compress(self.plain, quality=11))


class Assets:
    """All static files of the site. Raises MissingFile if the third-party scripts are not installed."""

    def __init__(self, static: Path, brand_hue: float = DEFAULT_HUE) -> None:
        self._files = {
            STYLES: _asset(STYLES, bundled_styles(static / "css", brand_hue)),
            SCRIPT: _asset(SCRIPT, bundled_script(static)),
            TOOLBAR: _asset(TOOLBAR, _vendored(static, "markdown-toolbar-element.js")),
            FAVICON: _asset(FAVICON, _read(static / FAVICON)),
        }
        self._symbols = _symbols(_read(static / "icons.svg"))
        for file in self._files.values():  # compress now, not while the first visitor waits
            _ = file.fingerprint, file.gzip, file.br

    def url(self, name: str) -> str:
        """The address of a file, with its fingerprint. An unknown name is a KeyError."""
        return f"/assets/{self._files[name].fingerprint}/{name}"

    def get(self, fingerprint: str, name: str, accept_encoding: str = "") -> tuple[bytes, str, str | None] | None:
        """Body, content type and content encoding for an address made by `url`; None if there is no such file."""
        file = self._files.get(name)
        if file is None or file.fingerprint != fingerprint:
            return None
        accepted = _accepted(accept_encoding)
        if "br" in accepted:
            return file.br, file.content_type, "br"
        if "gzip" in accepted:
            return file.gzip, file.content_type, "gzip"
        return file.plain, file.content_type, None

    def icons(self, names: Iterable[str]) -> Markup:
        """The sprite with only these symbols (`"solved"`, `"bell"`), hidden, to stand first in the body."""
        wanted = {name.removeprefix("i-") for name in names}
        if unknown := wanted - self._symbols.keys():
            raise KeyError(f"no such icon in static/icons.svg: {', '.join(sorted(unknown))}")
        symbols = (symbol for name, symbol in self._symbols.items() if name in wanted)
        return Markup("<svg hidden>" + "".join(symbols) + "</svg>")  # noqa: S704 - our own file


def bundled_styles(folder: Path, brand_hue: float = DEFAULT_HUE) -> str:
    """All style sheets as one: tokens, base, layout, then the components by name; cascade layers decide the rest."""
    paths = [folder / f"{name}.css" for name in ("tokens", "base", "layout")]
    paths += sorted((folder / "components").glob("*.css"))
    styles = smaller_css("\n".join(_read(path) for path in paths))
    if brand_hue != DEFAULT_HUE:
        styles += f"@layer tokens{{:root{{--brand-hue:{brand_hue:g}}}}}"
    return styles


def bundled_script(static: Path) -> str:
    """htmx and every behaviour as one module, each behaviour in a block of its own."""
    blocks = (f"{{\n{smaller_js(_read(path))}\n}}" for path in sorted((static / "js").glob("*.js")))
    return "\n".join([_vendored(static, "htmx.min.js"), *blocks]) + "\n"


def smaller_css(source: str) -> str:
    """The same style sheet without comments and needless space; strings stay as they are."""
    without_comments = _CSS_COMMENTS.sub(lambda match: match["string"] or " ", source)
    return _CSS_SPACES.sub(_tightened, without_comments).strip()


def smaller_js(source: str) -> str:
    """The same script without indentation, blank lines and comments that fill a line.

    Nothing is parsed, so a comment stands on a line of its own (`//`) and no template string goes over two lines.
    """
    lines = [line.strip() for line in source.splitlines()]
    if any(line.count("`") % 2 for line in lines if not line.startswith("//")):
        raise ValueError("a template string over several lines would lose its indentation")
    return "\n".join(line for line in lines if line and not line.startswith("//"))


_CSS_STRING = r"""(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_CSS_COMMENTS = re.compile(_CSS_STRING + r"|/\*.*?\*/", re.DOTALL)
# `+` and `-` keep their spaces (calc), and so does the space before `:` and `(` (descendants, `and (`).
_CSS_SPACES = re.compile(
    _CSS_STRING + r"|(?P<end>[\s;]*\}\s*)|\s*(?P<mark>[{;,>])\s*|(?P<colon>:)\s+|(?P<gap>\s+)", re.DOTALL
)


def _tightened(match: re.Match[str]) -> str:
    if match["string"]:
        return match["string"]
    if match["end"]:
        return "}"
    return match["mark"] or match["colon"] or " "


def _symbols(sprite: str) -> dict[str, str]:
    return {
        match["name"]: match[0]
        for match in re.finditer(r'<symbol id="i-(?P<name>[\w-]+)".*?</symbol>', sprite, re.DOTALL)
    }


def _accepted(header: str) -> set[str]:
    """The content codings a client takes; `q=0` means that it does not."""
    codings = set()
    for part in header.lower().split(","):
        coding, *parameters = (piece.strip() for piece in part.split(";"))
        if not any(re.fullmatch(r"q=0(\.0*)?", parameter) for parameter in parameters):
            codings.add(coding)
    return codings


def _asset(name: str, text: str) -> Asset:
    return Asset(TYPES[Path(name).suffix], text.encode())


def _vendored(static: Path, name: str) -> str:
    path = static / "vendor" / name
    if not path.exists():
        raise MissingFile(f"{path} is missing: run make setup")
    lines = path.read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("//# sourceMappingURL=")).strip()


def _read(path: Path) -> str:
    if not path.exists():
        raise MissingFile(f"{path} is missing")
    return path.read_text("utf-8")
