"""Static files in production: compressed, and named by what is in them, also where one script imports another."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True  # the notebook keeps its scripts by these names
