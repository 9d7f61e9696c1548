"""Refuses catalogues with an untranslated or fuzzy entry, a lost placeholder, or a message missing from them.

Run by `make check`: python -m tests.translations_complete
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def faults(path: Path) -> list[str]:
    found = []
    for entry in polib.pofile(str(path)):
        if entry.obsolete:
            continue
        words = [entry.msgstr, *entry.msgstr_plural.values()] if entry.msgid_plural else [entry.msgstr]
        texts = [w for w in words if w] if entry.msgid_plural else words
        where = f"{path.parent.parent.name}: {entry.msgid[:60]!r}"
        if not entry.translated():
            found.append(f"{where} is not translated")
        elif any(
            not set(PLACEHOLDER.findall(t)) <= set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
            for t in texts
        ):
            found.append(f"{where} has a placeholder the original does not have")
    return found


def collected() -> set[str]:
    """The messages in the code and templates as they are now, gathered into a scratch catalogue."""
    with tempfile.TemporaryDirectory() as scratch:
        script = (
            "from django.conf import settings; import django; django.setup();"
            f"settings.LOCALE_PATHS = [{scratch!r}];"
            "from django.core.management import call_command;"
            "call_command('makemessages', locale=['fr'], no_location=True, verbosity=0,"
            "ignore_patterns=['.venv', 'var', 'tests', 'config/locale'])"
        )
        subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)
        return {(e.msgctxt, e.msgid) for e in polib.pofile(f"{scratch}/fr/LC_MESSAGES/django.po")}


def main() -> int:
    catalogues = [ROOT / "config" / "locale" / code / "LC_MESSAGES" / "django.po" for code in ("fr", "ar")]
    problems = [fault for path in catalogues for fault in faults(path)]
    current = collected()
    for path in catalogues:
        known = {(e.msgctxt, e.msgid) for e in polib.pofile(str(path)) if not e.obsolete}
        problems += [
            f"{path.parent.parent.name}: {msgid[:60]!r} is missing; run make messages"
            for _c, msgid in current - known
        ]
    sys.stderr.write("\n".join(problems[:40]) + ("\n" if problems else ""))
    if len(problems) > 40:
        sys.stderr.write(f"… and {len(problems) - 40} more\n")
    return bool(problems)


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    sys.exit(main())
