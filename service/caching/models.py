"""What changed? Marks that triggers renew with every write; this code only reads them."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model


class ContentVersion(Model):
    """One of the marks that change with jobs and posts."""

    id = fields.UUIDField(primary_key=True)
    version = fields.BigIntField(description="Random, new with each write.")

    class Meta:
        table = "content_versions"


class UserVersion(Model):
    """One of the marks that change with a person's own rows; a person whose rows never changed has none."""

    id = fields.UUIDField(primary_key=True)
    user_id = fields.UUIDField(description="No foreign key: its check could wait for somebody.")
    version = fields.BigIntField(description="Random, new with each write.")

    class Meta:
        table = "user_versions"


class VersionRenewal(Model):
    """What a transaction that is still open will renew when it commits; nobody else ever sees a row."""

    id = fields.UUIDField(primary_key=True)
    transaction_id = fields.BigIntField()
    owners = ArrayField(element_type="uuid", null=True, description="People; NULL for jobs and posts.")

    class Meta:
        table = "version_renewals"
