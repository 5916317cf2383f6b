"""What is particular about posts when staff change them? All else is that of jobs too (`service.content.table`).

The rules: docs/rules/content.md.
"""

from __future__ import annotations

from typing import Any

from service.content.feed.admin_schemas import PostChanges, PostDate, PostFields
from service.content.feed.domain import PostNotFound
from service.content.feed.models import FeedPost
from service.content.table import PublishedTable


class _Posts(PublishedTable[FeedPost]):
    model = FeedPost
    noun = "post"
    subject_type = "FEED_POST"
    missing = PostNotFound
    fields = PostFields
    changes = PostChanges
    date = PostDate

    def summary(self, item: FeedPost) -> dict[str, Any]:
        return {"title": item.title, "category": item.category}


POSTS = _Posts()
