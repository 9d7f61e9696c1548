"""A whole site of its own for the journey: its own files, the demo, a server and its worker."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

START_SECONDS = 60
# Runs a line of code after the other, each in a world of its own, and tells what it printed.
CLERK = """
import contextlib, io, json, sys
for line in sys.stdin:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(json.loads(line), {})
    print(json.dumps(said.getvalue()), flush=True)
"""


@dataclass
class Site:
    """A site that runs. Its server can be killed, and comes back at the same address."""

    folder: Path
    env: dict[str, str]
    port: int
    server: ExitStack = field(default_factory=ExitStack)
    clerk: subprocess.Popen | None = None  # answers what is asked of the database

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        log = self.folder / "server.log"
        command = _manage("runserver", "--noreload", f"127.0.0.1:{self.port}")
        self.process = self.server.enter_context(_running(command, self.env, log))
        _wait_for(f"{self.address}/healthz", log)

    def kill(self) -> None:
        """As a power cut does: nothing is finished, nothing is said."""
        self.process.kill()
        self.server.close()

    def asked(self, code: str) -> Any:
        """What `code` prints as JSON, run by the site's own manage.py: what is in its database."""
        if self.clerk is None:
            command = _manage("shell", "--no-imports", "-v0", "-c", CLERK)
            self.clerk = subprocess.Popen(
                command, env=self.env, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        self.clerk.stdin.write(json.dumps(code).encode() + b"\n")
        self.clerk.stdin.flush()
        answer = self.clerk.stdout.readline()
        assert answer, "what was asked failed: see the traceback above"
        return json.loads(json.loads(answer))

    def close(self) -> None:
        self.server.close()
        if self.clerk:
            self.clerk.communicate()


@contextmanager
def demo_site(folder: Path, database: str) -> Iterator[Site]:
    """Loads the demo into a migrated database and serves it; ends both processes."""
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "VAR_DIR": str(folder),
        "DATABASE_URL": _address(database),
    }
    for words in (["createcachetable"], ["load_demo"]):
        subprocess.run(_manage(*words), env=env, cwd=settings.BASE_DIR, check=True)
    site = Site(folder, env, _free_port())
    with closing(site), _running(_manage("db_worker", "--no-startup-delay"), env, folder / "worker.log"):
        site.start()
        yield site


def _address(database: str) -> str:
    """As DATABASE_URL names it."""
    given = urlsplit(os.environ.get("DATABASE_URL", ""))
    if given.scheme != "postgis":
        return f"spatialite:///{database}"
    return urlunsplit(given._replace(path=f"/{database}"))


def _manage(*words: str) -> list[str]:
    return [sys.executable, "manage.py", *words]


# --- Its processes ---------------------------------------------------------------------------------------
@contextmanager
def _running(command: list[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen]:
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, env=env, cwd=settings.BASE_DIR, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(url: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"The site did not start:\n{log.read_text(errors='replace')[-3000:]}")
