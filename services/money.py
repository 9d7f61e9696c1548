"""Amounts with a currency. They are never added across currencies; an unknown amount is never zero."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.utils.formats import number_format
from django.utils.translation import gettext as _


def amount(value: Decimal | None, currency: str) -> str:
    """ "1,250,000 XOF" in the reader's own form; whole amounts without decimals."""
    if value is None:
        return _("not known")
    decimals = 0 if value == value.to_integral_value() else 2
    figure = number_format(value, decimal_pos=decimals, use_l10n=True, force_grouping=True)
    return _("%(figure)s %(currency)s") % {"figure": figure, "currency": currency}


@dataclass(frozen=True)
class Total:
    """What is known in one currency, and of how many rows."""

    currency: str
    value: Decimal
    rows: int

    def __str__(self) -> str:
        return amount(self.value, self.currency)


def totals(rows: QuerySet) -> list[Total]:
    """One total per currency of rows that have `budget` and `currency`; rows without a figure are left out."""
    known = rows.exclude(budget=None).order_by().values("currency")
    summed = known.annotate(value=Sum("budget"), rows=Count("pk")).order_by("currency")
    return [Total(each["currency"], each["value"], each["rows"]) for each in summed]
