"""Things one after another, in the reader's own way of writing."""

import pytest
from django.template import engines
from django.utils.translation import override

from communities.commas import listed


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Water, Road"), ("fr", "Water, Road"), ("ar", "Water، Road")]
)
def test_a_list_has_the_comma_of_its_language(language, said):
    with override(language):
        assert listed(["Water", "Road"]) == said
        page = engines["django"].from_string("{{ a }}{% comma %}{{ b }}")
        assert page.render({"a": "Water", "b": "Road"}) == said
