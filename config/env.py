"""Reads the environment. What is missing in production stops the start with a sentence."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))


def required(name: str, hint: str) -> str:
    """The value of an environment variable that production cannot do without.

    Raises ImproperlyConfigured with a sentence that says what to set.
    """
    value = env.str(name, default="").strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {hint}")
    return value


def database(url: str) -> dict:
    """A DATABASES entry for a postgis:// or spatialite:/// address, with the settings proven for each."""
    config = environ.Env.db_url_config(url)
    if "spatialite" in config["ENGINE"]:
        Path(config["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        config["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            # FULL: what the site says it has received must survive a power cut.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        }
        config["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
    elif "postgis" in config["ENGINE"]:
        config["CONN_MAX_AGE"] = 60
        # Compiling a query took longer than reading a million rows by it.
        config["OPTIONS"] = {"options": "-c jit=off", **config.get("OPTIONS", {})}
    else:
        raise ImproperlyConfigured(
            "DATABASE_URL must start with postgis:// or spatialite:/// : the tracker stores places and shapes."
        )
    return config
