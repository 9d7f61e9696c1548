"""Refuses catalogues with an untranslated or fuzzy entry, a lost placeholder, or a message missing from them; and
sentences that nobody collects.

Run by `make check`: python -m tests.translations_complete
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
IN_F_STRING = re.compile(r"""\bf(["']).*\{n?(?:_|gettext|gettext_lazy|ngettext)\(""")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def faults(path: Path) -> list[str]:
    found = []
    for entry in polib.pofile(str(path)):
        if entry.obsolete:
            continue
        words = [entry.msgstr, *entry.msgstr_plural.values()] if entry.msgid_plural else [entry.msgstr]
        texts = [w for w in words if w] if entry.msgid_plural else words
        where = f"{path.parent.parent.name}, {path.stem}: {entry.msgid[:60]!r}"
        if not entry.translated():
            found.append(f"{where} is not translated")
        elif any(
            not set(PLACEHOLDER.findall(t)) <= set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
            for t in texts
        ):
            found.append(f"{where} has a placeholder the original does not have")
    return found


def collected(domain: str) -> set[tuple[str | None, str]]:
    """The messages in the code, templates and scripts as they are now, gathered into a scratch catalogue."""
    with tempfile.TemporaryDirectory() as scratch:
        script = (
            "from django.conf import settings; import django; django.setup();"
            f"settings.LOCALE_PATHS = [{scratch!r}];"
            "from django.core.management import call_command;"
            f"call_command('makemessages', domain={domain!r}, locale=['fr'], no_location=True, verbosity=0,"
            "ignore_patterns=['.venv', 'var', 'tests', 'vendor', 'config/locale'])"
        )
        subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)
        return {(e.msgctxt, e.msgid) for e in polib.pofile(f"{scratch}/fr/LC_MESSAGES/{domain}.po")}


def problems_of(domain: str) -> list[str]:
    catalogues = [ROOT / "config" / "locale" / code / "LC_MESSAGES" / f"{domain}.po" for code in ("fr", "ar")]
    found = [fault for path in catalogues for fault in faults(path)]
    current = collected(domain)
    for path in catalogues:
        known = {(e.msgctxt, e.msgid) for e in polib.pofile(str(path)) if not e.obsolete}
        found += [
            f"{path.parent.parent.name}, {domain}: {msgid[:60]!r} is missing; run make messages"
            for _context, msgid in current - known
        ]
    return found


def unseen() -> list[str]:
    """Sentences marked for translation inside an f-string: what collects them does not look there."""
    return [
        f"{path.relative_to(ROOT)}: {call[0][:60]} stands in an f-string"
        for folder in ("config", "communities", "services", "engagements", "cms")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for call in IN_F_STRING.finditer(path.read_text())
    ]


def main() -> int:
    problems = [problem for domain in ("django", "djangojs") for problem in problems_of(domain)] + unseen()
    sys.stderr.write("\n".join(problems[:40]) + ("\n" if problems else ""))
    if len(problems) > 40:
        sys.stderr.write(f"… and {len(problems) - 40} more\n")
    return bool(problems)


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    sys.exit(main())
