"""Which rows hold the posts of the feed and who saved them?"""

from tortoise import fields
from tortoise.models import Model

from service.auth.models import User
from service.database.db import TextKey


class FeedPost(Model):
    """A post; its lifecycle is that of a job (`service.content.lifecycle.LifecycleStatus`)."""

    id = TextKey(primary_key=True)
    title = fields.TextField()
    excerpt = fields.TextField()
    category = fields.TextField()
    author = fields.TextField()
    image_url = fields.TextField(null=True)
    published_at = fields.DatetimeField(null=True, description="For a scheduled post: the scheduled moment.")
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)
    lifecycle_status = fields.TextField(default="PUBLISHED")
    scheduled_publish_at = fields.DatetimeField(null=True)

    class Meta:
        table = "feed_posts"


class SavedPost(Model):
    """A post that a person keeps on their list."""

    id = fields.UUIDField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="saved_posts", on_delete=fields.OnDelete.CASCADE
    )
    post: fields.ForeignKeyRelation[FeedPost] = fields.ForeignKeyField(
        "models.FeedPost", related_name="saves", on_delete=fields.OnDelete.CASCADE
    )
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "user_saved_posts"
        unique_together = (("user", "post"),)
