#!/bin/sh
# Production settings: refuse to start when something is missing, and pass Django's deployment checks when not.
set -eu
export DJANGO_SETTINGS_MODULE=config.settings.production
for name in SECRET_KEY FIELD_ENCRYPTION_KEYS ALLOWED_HOSTS DATABASE_URL; do unset "$name" || true; done
if said=$(.venv/bin/python manage.py check 2>&1); then
    echo "production settings started without a secret key" >&2; exit 1
fi
case "$said" in *"SECRET_KEY is not set"*) ;; *) echo "$said" >&2; exit 1 ;; esac

export SECRET_KEY=$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(64))')
export FIELD_ENCRYPTION_KEYS=$(.venv/bin/python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())')
export ALLOWED_HOSTS=tracker.example
export DATABASE_URL=postgis://postgres@127.0.0.1/none
.venv/bin/python manage.py check --deploy --fail-level WARNING

# The notebook's scripts name one another as the phone keeps them.
VAR_DIR=$(mktemp -d)
export VAR_DIR
.venv/bin/python manage.py collectstatic --no-input -v0
grep -q 'from "./store\.[0-9a-f]\{12\}\.js"' "$VAR_DIR"/static/field/app.*.js
rm -r "$VAR_DIR"
