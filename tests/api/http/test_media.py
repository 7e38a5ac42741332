"""What a client can read best, by the Accept headers that clients really send."""

import pytest

from api.http.media import GRAPHQL_JSON, JSON, Acceptable, acceptable, prefers_html

GOES_TO_A_PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)
APOLLO = "application/graphql-response+json,application/json;q=0.9"


@pytest.mark.parametrize(
    ("accept", "json"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("APPLICATION/JSON ; charset=utf-8", JSON),
        ("application/graphql-response+json", GRAPHQL_JSON),
        (APOLLO, GRAPHQL_JSON),
        (URQL, GRAPHQL_JSON),
        ("application/json, application/graphql-response+json", GRAPHQL_JSON),
        ("application/graphql-response+json;q=0.5, application/json", JSON),
        ("application/graphql-response+json;q=0.5, */*", JSON),
        ("application/graphql-response+json, */*", GRAPHQL_JSON),
        ("application/json, */*", JSON),
        ("application/graphql-response+json;q=0, application/json", JSON),
        ("application/graphql-response+json;q=0, */*", JSON),
        ("application/json;q=0, */*;q=0.1", GRAPHQL_JSON),
        ("application/json;q=0, application/*", GRAPHQL_JSON),
        (GOES_TO_A_PAGE, JSON),
        ("text/html", None),
        ("application/json;q=0", None),
        ("application/json;q=much", None),
        ("application/jsonlines", None),
        ("application/graphql-response+jsonp, image/*", None),
        ("text/event-stream", None),
        (";;,;q=1,,", None),
        ("image/png," * 31 + "application/json", JSON),
        ("image/png," * 10_000 + "application/json", None),
    ],
)
def test_json_has_two_names(accept: str, json: str | None) -> None:
    assert acceptable(accept).json == json


@pytest.mark.parametrize(
    ("accept", "told"),
    [
        ("text/event-stream", Acceptable(None, event_stream=True, only_stream=True)),
        ("text/event-stream, */*;q=0.1", Acceptable(JSON, event_stream=True, only_stream=True)),
        ("text/event-stream, application/json;q=0.1", Acceptable(JSON, event_stream=True, only_stream=False)),
        (URQL, Acceptable(GRAPHQL_JSON, event_stream=True, only_stream=False)),
        ("text/event-stream;q=0, application/json", Acceptable(JSON, event_stream=False, only_stream=False)),
        ("*/*", Acceptable(JSON, event_stream=False, only_stream=False)),
    ],
)
def test_json_wins_over_streams_where_it_is_named(accept: str, told: Acceptable) -> None:
    assert acceptable(accept) == told


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        (GOES_TO_A_PAGE, True),
        ("text/html", True),
        ("*/*", False),
        ("", False),
        ("text/*", False),
        ("application/json, text/html;q=0.9", False),
        ("text/html;q=0, */*", False),
        (APOLLO, False),
    ],
)
def test_browsers_that_go_to_a_page_are_known(accept: str, html: bool) -> None:  # noqa: FBT001
    assert prefers_html(accept) is html
