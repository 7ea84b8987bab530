"""``make bench``: run every script of this folder, print one table and one JSON. Never fails on time.

Each script prints one JSON object: {"name", "figures": [{"what", "value", "unit", "must", "reached"}]}. Figures are
ratios within one run wherever a machine's speed would speak louder than the code.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.installation import kept

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


def scripts(asked: list[str]) -> list[Path]:
    """All measurements, or those named on the command line."""
    every = [path for path in sorted(HERE.glob("*.py")) if path.name != "__main__.py" and is_measurement(path)]
    return [path for path in every if not asked or path.stem in asked]


def is_measurement(path: Path) -> bool:
    """A measurement can be run; other files in the folder only lend it parts."""
    return '__name__ == "__main__"' in path.read_text()


def measure(script: Path) -> dict[str, Any]:
    """Run one script; a failing one is reported as a figure that was not reached, with its last words."""
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        found: dict[str, Any] = json.loads(done.stdout)
        return found
    except json.JSONDecodeError:
        last = (done.stderr.strip() or done.stdout.strip() or "said nothing").splitlines()[-1]
        return {
            "name": script.stem,
            "figures": [{"what": "did not finish", "value": last, "unit": "", "must": "", "reached": False}],
        }


def print_table(results: list[dict[str, Any]]) -> None:
    """The figures for people."""
    for result in results:
        print(f"\n{result['name']}", file=sys.stderr)
        for figure in result["figures"]:
            mark = {True: "reached", False: "NOT REACHED", None: ""}[figure.get("reached")]
            value = f"{figure['value']} {figure['unit']}".strip()
            print(f"  {figure['what']:<76} {value:>16}   must {figure['must'] or '-':<12} {mark}", file=sys.stderr)


def main() -> int:
    """Measure, print, keep the JSON beside the others of this machine."""
    with kept():  # what several scripts read is made once, and goes when the last has read it
        results = [measure(script) for script in scripts(sys.argv[1:])]
    at = datetime.now(UTC)
    document = {
        "at": at.isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "results": results,
    }
    print_table(results)
    print(json.dumps(document, indent=2, ensure_ascii=False))
    out = ROOT / "bench-out"
    out.mkdir(exist_ok=True)
    (out / f"{at:%Y-%m-%dT%H%M%S}.json").write_text(json.dumps(document, indent=2, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
