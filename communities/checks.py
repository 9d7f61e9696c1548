"""System checks: every field of a domain model declares its privacy, every domain model states its sight."""

from django.apps import apps
from django.core import checks

from .sight import ScopedQuerySet

DOMAIN = ("communities", "services", "engagements")


def domain_models():
    """The models of the product's own layers below the public site."""
    for label in DOMAIN:
        yield from apps.get_app_config(label).get_models()


@checks.register("privacy")
def every_field_declares_its_level(app_configs, **kwargs):
    errors = []
    for model in domain_models():
        own = {f.name for f in model._meta.get_fields() if not f.auto_created and f.name != "id"}
        declared = set(getattr(model, "privacy", {}))
        for name in sorted(own - declared):
            errors.append(
                checks.Error(
                    f"{model._meta.label}.{name} has no privacy level.",
                    hint="Name it in the model's `privacy = levels(…)`.",
                    obj=model,
                    id="communities.E001",
                )
            )
        for name in sorted(declared - own):
            errors.append(
                checks.Error(
                    f"{model._meta.label} declares a level for {name}, which is no field.",
                    obj=model,
                    id="communities.E002",
                )
            )
    return errors


@checks.register("sight")
def every_model_states_its_sight(app_configs, **kwargs):
    return [
        checks.Error(
            f"{model._meta.label} has no scoped queryset.",
            hint="Give it a queryset that derives from ScopedQuerySet and states `seen`.",
            obj=model,
            id="communities.E003",
        )
        for model in domain_models()
        if not isinstance(model._default_manager.get_queryset(), ScopedQuerySet)
        or not model._default_manager.get_queryset().seen.parts
    ]


@checks.register("sight")
def every_office_door_is_scoped(app_configs, **kwargs):
    """No domain model may be served by a stock Wagtail viewset: those show every row to everyone."""
    from wagtail.admin.viewsets import viewsets

    from .office import ScopedViewSetMixin

    registered = []
    for viewset in viewsets.viewsets:
        registered.extend(getattr(viewset, "registerables", [viewset]))
    return [
        checks.Error(
            f"{type(viewset).__name__} serves {viewset.model.__name__} without scoping its rows.",
            hint="Derive it from ScopedModelViewSet or ScopedChooserViewSet.",
            id="communities.E004",
        )
        for viewset in registered
        if getattr(getattr(viewset, "model", None), "_meta", None)
        and viewset.model._meta.app_label in DOMAIN
        and not isinstance(viewset, ScopedViewSetMixin)
    ]
