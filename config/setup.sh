#!/bin/sh
# Installs what is missing: system packages (Debian, as root or with sudo), a Python that can load SQLite
# extensions, the locked requirements in .venv, the compiled translations. Run twice it does nothing.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

packages="libsqlite3-mod-spatialite gdal-bin libgeos-c1v5 gettext python3-venv chromium fonts-noto-core"
case "${DATABASE_URL:-}" in
postgis*)
    # A local server needs the extension of its own version; a remote one brings its own.
    if command -v pg_lsclusters >/dev/null 2>&1; then
        for version in $(pg_lsclusters --no-header | awk '{print $1}' | sort -u); do
            packages="$packages postgresql-$version-postgis-3"
        done
    fi
    ;;
esac

missing=""
if command -v dpkg-query >/dev/null 2>&1; then
    for package in $packages; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
            missing="$missing $package"
    done
fi
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ]; then as_root=""
    elif command -v sudo >/dev/null 2>&1; then as_root="sudo"
    else
        say "These system packages are missing:$missing"
        say "Install them as root: apt-get install$missing"
        exit 1
    fi
    say "Installing:$missing"
    $as_root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >&2
fi

loads_spatialite='
import sqlite3, sys
assert sys.version_info >= (3, 11)
connection = sqlite3.connect(":memory:")
connection.enable_load_extension(True)
connection.load_extension("mod_spatialite")
import ensurepip, venv
'
if [ ! -x .venv/bin/python ]; then
    found=""
    for candidate in ${PYTHON:-} /usr/bin/python3.13 /usr/bin/python3.12 /usr/bin/python3.11 /usr/bin/python3 \
        python3.13 python3.12 python3.11 python3; do
        if "$candidate" -c "$loads_spatialite" >/dev/null 2>&1; then found=$candidate; break; fi
    done
    if [ -z "$found" ]; then
        say "No Python 3.11 or newer here can load SQLite extensions."
        say "Install Debian's own (apt-get install python3 python3-venv libsqlite3-mod-spatialite), or name one: PYTHON=/path make setup"
        exit 1
    fi
    "$found" -m venv .venv
fi

lock=$(cat requirements.txt requirements-dev.txt | sha256sum)
if [ "$(cat .venv/lock 2>/dev/null || true)" != "$lock" ]; then
    say "Installing the locked requirements"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
    printf '%s' "$lock" >.venv/lock
fi

for catalogue in config/locale/*/LC_MESSAGES/*.po; do
    [ -e "$catalogue" ] || continue
    compiled="${catalogue%.po}.mo"
    [ "$compiled" -nt "$catalogue" ] || msgfmt -o "$compiled" "$catalogue"
done
