"""A whole site of its own for the journey: its own database and files, the demo, a server and its worker."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from psycopg import sql

START_SECONDS = 60


@contextmanager
def demo_site(folder: Path) -> Iterator[str]:
    """Loads the demo into a new database and serves it; yields its address, and ends both processes."""
    with _database(folder) as url:
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "VAR_DIR": str(folder),
            "DATABASE_URL": url,
        }
        for words in (["migrate", "-v0"], ["createcachetable"], ["load_demo"]):
            subprocess.run(_manage(*words), env=env, cwd=settings.BASE_DIR, check=True)
        address = f"127.0.0.1:{_free_port()}"
        with (
            _running(_manage("runserver", "--noreload", address), env, folder / "server.log"),
            _running(_manage("db_worker", "--no-startup-delay"), env, folder / "worker.log"),
        ):
            _wait_for(f"http://{address}/healthz", folder / "server.log")
            yield f"http://{address}"


def _manage(*words: str) -> list[str]:
    return [sys.executable, "manage.py", *words]


# --- Its database ----------------------------------------------------------------------------------------
@contextmanager
def _database(folder: Path) -> Iterator[str]:
    """The address of an empty database of the kind that DATABASE_URL names; gone afterwards."""
    given = urlsplit(os.environ.get("DATABASE_URL", ""))
    if given.scheme != "postgis":
        yield f"spatialite:///{folder / 'db.sqlite3'}"
        return
    name = f"{given.path.strip('/')}_journey"
    server = urlunsplit(given._replace(scheme="postgresql", path="/postgres"))
    _tell(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    _tell(server, "CREATE DATABASE {}", name)
    try:
        yield urlunsplit(given._replace(path=f"/{name}"))
    finally:
        _tell(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _tell(server: str, words: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL(words).format(sql.Identifier(name)))


# --- Its processes ---------------------------------------------------------------------------------------
@contextmanager
def _running(command: list[str], env: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=env, cwd=settings.BASE_DIR, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield
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
