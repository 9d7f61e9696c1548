"""`{% chart a_chart %}` draws a communities.charts.Chart, at either door."""

from django import template

from communities.charts import Chart

register = template.Library()


@register.inclusion_tag("components/chart.html")
def chart(chart: Chart):
    return {"chart": chart}
