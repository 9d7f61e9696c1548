"""What import-linter cannot see: strings that name a higher layer."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

ROOT = Path(settings.BASE_DIR)
FLOORS = ["communities", "services", "engagements", "cms", "config"]
# Viewset names of each floor, as used in reverse() and {% url %}.
NAMES = {
    "services": r"(servicetype|servicepoint|observation|delivery|cardscheme|carddrive|cardcount|project|milestone|sector|gap_map)",
    "engagements": r"(engagement|concern|commitment|duty|topic|mandate|evidence_file)",
    "cms": r"(cms)",
}


def above(floor: str) -> list[str]:
    return FLOORS[FLOORS.index(floor) + 1 :]


def sources(floor: str, *suffixes: str):
    for folder in (ROOT / floor, ROOT / "templates" / floor):
        for path in folder.rglob("*"):
            if path.suffix in suffixes and "migrations" not in path.parts:
                yield path


@pytest.mark.parametrize("floor", FLOORS[:3])
def test_no_foreign_key_looks_up(floor):
    for model in apps.get_app_config(floor).get_models():
        for field in model._meta.get_fields():
            if field.related_model and not field.auto_created and isinstance(field.related_model, type):
                assert field.related_model._meta.app_label not in above(floor), field


@pytest.mark.parametrize("floor", FLOORS[:3])
@pytest.mark.django_db  # one library's migration asks the database when it is read
def test_no_migration_depends_on_a_higher_floor(floor):
    for (label, name), migration in MigrationLoader(None).disk_migrations.items():
        if label == floor:
            assert not {app for app, _name in migration.dependencies} & set(above(floor)), name


@pytest.mark.parametrize("floor", FLOORS[:3])
def test_no_address_or_template_of_a_higher_floor_is_named(floor):
    for higher in above(floor)[:-1]:
        names = NAMES.get(higher)
        address = re.compile(rf"""(reverse(_lazy)?\(|{{% url |redirect\()\s*["']{names}[:"']""")
        template = re.compile(rf"""["']{higher}/[\w/-]+\.html["']""")
        for path in sources(floor, ".py", ".html"):
            text = path.read_text(encoding="utf-8")
            assert not address.search(text), f"{path} names an address of {higher}"
            assert not template.search(text), f"{path} names a template of {higher}"


def test_role_names_stay_in_one_file():
    roles = re.compile(
        r"Role\.(OFFICER|SUPERVISOR|FOCAL_POINT|REGISTRAR|MANAGER|INTEGRITY|EDITOR|LIAISON|ADMINISTRATOR)\b"
    )
    allowed = {ROOT / "communities" / "sight.py", ROOT / "communities" / "models" / "postings.py"}
    for floor in FLOORS:
        for path in sources(floor, ".py"):
            if path in allowed or (ROOT / "cms" / "demo") in path.parents:
                continue
            assert not roles.search(path.read_text(encoding="utf-8")), f"{path} names a role"


def test_no_inline_script_or_style_in_templates():
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/(ld\+)?json)|<style|\sstyle=|\son\w+=", re.I
    )
    for path in (ROOT / "templates").rglob("*.html"):
        found = inline.search(path.read_text(encoding="utf-8"))
        assert not found, f"{path}: {found and found.group()}"


def test_nothing_is_fetched_from_elsewhere():
    """No template, script or style sheet of ours loads anything from another host."""
    loads = re.compile(r"""(src|href)=["'](https?:)?//|@import\s+url|url\(["']?https?:|from ["']https?:""")
    for floor in [*FLOORS, "templates"]:
        for path in (ROOT / floor).rglob("*"):
            if path.suffix in {".html", ".js", ".css"}:
                text = re.sub(r"<a [^>]*>", "", path.read_text(encoding="utf-8"))
                assert not loads.search(text), path
