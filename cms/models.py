"""The pages of the public site."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page, PageManager, PageQuerySet, TranslatableMixin
from wagtail.search import index
from wagtail.url_routing import RouteResult

from communities.privacy import levels
from engagements.models import Commitment, Evidence
from services.models import Project

from . import countrywide, kept, photos, projects, screening, second_person, timeline
from .blocks import BodyBlock
from .places import in_place, on_map, with_areas
from .standing import answered

PER_PAGE = 20
LATEST_OUTCOMES = 4


class PublicPage(Page):
    """A page whose words may not name a place that is not public by name."""

    TEXTS: tuple[str, ...] = ("title", "intro", "seo_title", "search_description", "slug")

    class Meta:
        abstract = True

    def public_texts(self) -> dict[str, str]:
        """By field, as plain words."""
        texts = {name: str(getattr(self, name) or "") for name in self.TEXTS}
        return {**texts, "slug": screening.spoken(texts["slug"])}

    def clean(self):
        super().clean()
        if found := self.problems():
            raise ValidationError(found)

    def problems(self) -> dict[str, list[str]]:
        return screening.kept_places_in(self.public_texts())

    def serve(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not getattr(request, "is_preview", False) and not self.is_readable():
            return render(request, "public/gone.html", status=410)
        return super().serve(request, *args, **kwargs)

    def is_readable(self) -> bool:
        return self.pk not in kept.pages()


class FramePage(PublicPage):
    """A page that the site cannot do without: it stays, without the name of a place that is not public."""

    class Meta:
        abstract = True

    def is_readable(self) -> bool:
        if self.pk in kept.pages():
            screening.withhold_kept([self], [name for name in self.TEXTS if name != "slug"])
        return True


class HomePage(FramePage):
    """The front page: the two figures, the map, what is still owed, the latest outcomes."""

    intro = models.TextField(_("introduction"), blank=True)

    template = "public/home_page.html"
    parent_page_types = ["wagtailcore.Page"]
    content_panels = [*Page.content_panels, FieldPanel("intro")]
    search_fields = [*Page.search_fields, index.SearchField("intro")]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        outcomes = OutcomePage.objects.descendant_of(self).live().readable()
        context["now"] = now = countrywide.now()
        context["owed"] = countrywide.owed(now.longest_overdue, without=taken_back(now.longest_overdue))
        context["outcomes"] = outcomes.for_reading()[:LATEST_OUTCOMES]
        return context


class OutcomeIndexPage(FramePage):
    """All outcome pages, newest first."""

    intro = models.TextField(_("introduction"), blank=True)

    template = "public/outcome_index_page.html"
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.OutcomePage"]
    content_panels = [*Page.content_panels, FieldPanel("intro")]

    class Meta:
        verbose_name = _("list of outcomes")
        verbose_name_plural = _("lists of outcomes")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        outcomes = OutcomePage.objects.child_of(self).live().readable().for_reading()
        context["query"] = request.GET.get("q", "").strip()[:100]
        if context["query"]:
            outcomes = outcomes.mentioning(context["query"])
        context["page_obj"] = Paginator(outcomes, PER_PAGE).get_page(request.GET.get("page"))
        return context


class Withdrawal(models.Model):
    """An outcome page taken back, in all its languages. It stands apart from the page's revisions, so that
    no old revision can bring the page back."""

    translation_key = models.UUIDField(unique=True, default=uuid.uuid4)
    # Kept here as well as on the page: whoever deletes the page does not undo what follows from it.
    commitments = models.ManyToManyField(
        Commitment, related_name="withdrawals", verbose_name=_("commitments")
    )
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.TextField(_("reason, for colleagues"))

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")

    def __str__(self):
        return f"W{self.pk} {self.at:%Y-%m-%d}"


class Demo(models.Model):
    """A row is here where the invented demo was loaded: every public page then says so. It stands apart from
    pages and settings, so that no editor's change takes the label away."""

    loaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("demo")
        verbose_name_plural = _("demos")

    def __str__(self):
        return f"{self.loaded_at:%Y-%m-%d}"


class Agreement(models.Model):
    """Somebody agreed that these words of a page are published. It stands apart from the page's revisions: it holds
    for the words alone (a fingerprint of them), in whichever revision they come. See cms.second_person."""

    page = models.ForeignKey("OutcomePage", models.CASCADE, related_name="agreements")
    words = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = [
            models.UniqueConstraint(fields=["page", "words", "by"], name="one_agreement_per_person_and_words")
        ]

    def __str__(self):
        return f"{self.page_id} {self.at:%Y-%m-%d}"


class OutcomePageQuerySet(PageQuerySet):
    def readable(self) -> OutcomePageQuerySet:
        """Pages whose commitments may all be public today, that were not withdrawn and do not name a place that
        is no longer public by name. Every outlet starts here, after `live()`."""
        return (
            self.filter(Exists(Commitment.objects.public().filter(pk=OuterRef("commitment"))))
            .exclude(Exists(_others_that_may_not_be_public()))
            .exclude(translation_key__in=Withdrawal.objects.values("translation_key"))
            .alias(spoken=Replace("slug", Value("-"), Value(" ")))
            .exclude(_names_its_place())
            .exclude(pk__in=kept.pages())
        )

    def for_reading(self) -> OutcomePageQuerySet:
        """Newest first, with what a list of pages prints."""
        rows = self.select_related("locale", "alias_of__locale", "commitment__agency")
        rows = with_areas(rows, "commitment__community__area__")
        return rows.order_by("-last_published_at", "-pk")

    def mentioning(self, words: str) -> OutcomePageQuerySet:
        return self.filter(
            Q(title__icontains=words)
            | Q(said__icontains=words)
            | Q(promised__icontains=words)
            | Q(done__icontains=words)
        )


def taken_back(commitments: list[int]) -> set[int]:
    """Of these commitments, those whose page was withdrawn, and that no other page tells of since."""
    gone = Withdrawal.objects.values("translation_key")
    pages = OutcomePage.objects.filter(commitment__in=commitments)
    further = OutcomePage.others.through.objects.filter(commitment__in=commitments)
    withdrawn = Withdrawal.commitments.through.objects.filter(commitment__in=commitments)
    told = pages.live().exclude(translation_key__in=gone).values_list("commitment", flat=True)
    told_further = further.filter(outcomepage__live=True).exclude(outcomepage__translation_key__in=gone)
    keys = withdrawn.values_list("commitment", flat=True)
    return {*keys} - {*told, *told_further.values_list("commitment", flat=True)}


def _others_that_may_not_be_public() -> models.QuerySet:
    public = Commitment.objects.public().filter(pk=OuterRef("commitment"))
    return OutcomePage.others.through.objects.filter(~Exists(public), outcomepage=OuterRef("pk"))


def _names_its_place() -> Q:
    naming = Q(pk__in=[])
    for field in ("name", "name_fr", "name_ar", "code"):
        path = f"commitment__community__{field}"
        texts = [(f"{text}__icontains", F(path)) for text in (*OutcomePage.TEXTS, "spoken")]
        naming |= ~Q(**{path: ""}) & Q(*texts, _connector=Q.OR)
    return ~Q(commitment__community__public_place="exact") & naming


class OutcomePage(PublicPage):
    """You said, we promised, we did, what is next: drafted from a commitment, published by an editor."""

    TEXTS = ("title", "said", "promised", "done", "next_steps", "seo_title", "search_description", "slug")

    commitment = models.ForeignKey(
        Commitment, models.PROTECT, related_name="outcome_pages", verbose_name=_("commitment")
    )
    # Set when the page is drafted, of the same community. Carried by each revision and mirror, changed by none.
    others = ParentalManyToManyField(
        Commitment, blank=True, related_name="+", verbose_name=_("further commitments")
    )
    said = models.TextField(_("you said"), blank=True)
    promised = models.TextField(_("what was promised"))
    done = models.TextField(_("what was done"), blank=True)
    # Not `next`: the page editor takes a posted "next" for the address to go to afterwards.
    next_steps = models.TextField(_("what is next"), blank=True, help_text=_("Who does what, by when."))

    objects = PageManager.from_queryset(OutcomePageQuerySet)()

    template = "public/outcome_page.html"
    is_creatable = False  # it is drafted from a commitment: cms.outcomes.draft_from
    parent_page_types = ["cms.OutcomeIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        second_person.RiskNotice(second_person.AT_RISK),
        second_person.WithdrawalNotice(second_person.WITHDRAWN_BEFORE),
        *Page.content_panels,
        FieldPanel("commitment", read_only=True),
        FieldPanel("others", read_only=True),
        MultiFieldPanel(
            [FieldPanel("said"), FieldPanel("promised"), FieldPanel("done"), FieldPanel("next_steps")],
            heading=_("What the page says"),
            help_text=_(
                "Plain words. Days, groups, agencies and answers are printed beside them from the record, in "
                "each reader's language. No names of people, no phone numbers, no e-mail addresses."
            ),
        ),
        photos.PhotosPanel(),
    ]
    base_form_class = photos.OutcomeForm
    search_fields = [
        *Page.search_fields,
        index.SearchField("said"),
        index.SearchField("promised"),
        index.SearchField("done"),
        index.SearchField("next_steps"),
    ]

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")

    def clean(self):
        if self.is_withdrawn:
            raise ValidationError(_("This page was withdrawn. Draft a new one from the commitment."))
        super().clean()
        if refusal := second_person.why_not(self):
            raise ValidationError(refusal)

    def publish(self, revision, user=None, **kwargs):
        """Whoever publishes agrees to the words. What was to go live by itself and may not stays a draft: it must
        not keep other pages from going live."""
        if user is not None:
            second_person.agree(self, revision, by=user)
        try:
            with transaction.atomic():
                super().publish(revision, user=user, **kwargs)
        except ValidationError:
            if user is not None or revision.approved_go_live_at is None:
                raise
            second_person.hold_back(self, revision)

    def public_texts(self) -> dict[str, str]:
        described = {photos.description_field(row.evidence_id): row.description for row in self.photos.all()}
        return {**super().public_texts(), **described}

    def problems(self) -> dict[str, list[str]]:
        return screening.problems(self.public_texts(), self.commitment.community)

    def shown_photos(self, *, draft: bool) -> list[OutcomePhoto]:
        """With the address of each: of a draft, one that the editors alone can open."""
        rows = photos.chosen_for(self) if draft else photos.shown_on(self)
        for row in rows:
            row.address = (
                reverse("cms:evidence_photo", args=[self.pk, row.evidence_id])
                if draft
                else reverse("public:outcome_photo", args=[row.translation_key])
            )
        return rows

    @property
    def is_withdrawn(self) -> bool:
        return Withdrawal.objects.filter(translation_key=self.translation_key).exists()

    @property
    def content_language(self) -> str:
        """The language its words are in: that of the page it mirrors, until somebody translates it."""
        return (self.alias_of or self).locale.language_code

    @property
    def withdrawals(self) -> models.QuerySet[Withdrawal]:
        """Of pages, this one or earlier ones, that told of any of its promises."""
        return Withdrawal.objects.filter(commitments__in=self.commitment_keys()).distinct()

    def commitment_keys(self) -> list[int]:
        return [self.commitment_id, *(row.pk for row in self.others.all())]

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        if not path_components and not self.live and self.is_withdrawn:
            return RouteResult(self)
        return super().route(request, path_components)

    def is_readable(self) -> bool:
        return OutcomePage.objects.live().readable().filter(pk=self.pk).exists()

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        rows = answered(Commitment.objects.filter(pk__in=self.commitment_keys()))
        rows = in_place(rows.select_related("agency"), "community__").order_by("promised_on", "pk")
        threads = timeline.threads_of(list(rows))
        first = next(thread for thread in threads if thread.commitment.pk == self.commitment_id)
        context["thread"], context["commitment"] = first, (commitment := first.commitment)
        context["threads"] = sorted(threads, key=lambda thread: not thread.is_owed)
        context["several"] = len(threads) > 1
        context["record"] = {"threads": context["threads"]}
        context["still_due"] = [thread.commitment for thread in threads if thread.commitment.is_undelivered]
        context["community"] = commitment.community
        context["place"] = on_map(context["community"])
        context["photos"] = self.shown_photos(draft=getattr(request, "is_preview", False))
        return context


class OutcomePhoto(TranslatableMixin, Orderable):
    """A photo of what was done that an editor picked for a page. Its key is its public address, the same in each
    language: it answers as long as a live page holds it. See cms.photos."""

    page = ParentalKey(OutcomePage, related_name="photos", on_delete=models.CASCADE)
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="+", verbose_name=_("evidence"))
    description = models.CharField(_("what it shows"), max_length=photos.LONGEST_DESCRIPTION)

    address = ""  # where it is shown: OutcomePage.shown_photos
    privacy = levels(public="translation_key locale sort_order page evidence description")

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [
            models.CheckConstraint(name="outcome_photo_described", condition=~Q(description="")),
        ]

    def __str__(self):
        return f"{self.page_id} P{self.evidence_id}"


class ProjectIndexPage(FramePage):
    """The development projects that may be public."""

    intro = models.TextField(_("introduction"), blank=True)

    template = "public/project_index_page.html"
    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
    content_panels = [*Page.content_panels, FieldPanel("intro")]

    class Meta:
        verbose_name = _("list of projects")
        verbose_name_plural = _("lists of projects")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        page = Paginator(Project.objects.public(), PER_PAGE).get_page(request.GET.get("page"))
        context["page_obj"] = page
        context["projects"] = projects.published(page.object_list)
        return context


class StandardPage(PublicPage):
    """About, data sources, how we count."""

    intro = models.TextField(_("introduction"), blank=True)
    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True)

    template = "public/standard_page.html"
    parent_page_types = ["cms.HomePage", "cms.StandardPage"]
    subpage_types = ["cms.StandardPage"]
    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("intro"), index.SearchField("body")]

    class Meta:
        verbose_name = _("standard page")
        verbose_name_plural = _("standard pages")

    def public_texts(self) -> dict[str, str]:
        words = self.body.stream_block.get_searchable_content(self.body)
        return {**super().public_texts(), "body": "\n".join(map(str, words))}
