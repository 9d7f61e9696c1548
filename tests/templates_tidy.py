"""Refuses templates that djhtml would indent otherwise. Run by `make check`: python -m tests.templates_tidy"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    files = [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]
    command = [str(Path(sys.executable).parent / "djhtml"), "--check", "--tabwidth", "2", *files]
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode if files else 0


if __name__ == "__main__":
    sys.exit(main())
