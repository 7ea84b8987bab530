"""Make `.venv/bin/saldo` run this checkout: a path file and a starter, so that no build step is needed."""

from __future__ import annotations

import stat
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

packages = Path(sysconfig.get_paths()["purelib"])
(packages / "saldo-source.pth").write_text(f"{ROOT / 'src'}\n")
starter = Path(sys.executable).parent / "saldo"
starter.write_text(f"#!{sys.executable}\nimport sys\n\nfrom saldo.server.entry import main\n\nsys.exit(main())\n")
starter.chmod(starter.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
