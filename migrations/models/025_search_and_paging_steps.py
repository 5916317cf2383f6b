"""The texts that searches look in, and the indexes of searches and of long lists, made beside writers."""

from tortoise import BaseDBAsyncClient

from service.database.steps import Backfill, Index, Required

RUN_IN_TRANSACTION = True

# Databases that 014 was applied to before this file was there have all of it, with a generated column. A generated column
# can only be added by writing the whole table anew while nobody reads it, so a trigger writes the text instead.
#
# Terms of three letters and more are found by trigrams. Shorter ones have none: they are found among all pieces of one
# and two characters (every second pair from the first character on, then from the second on). Both index the text in
# lower case; LIKE on the text itself decides. The planner is not shown the terms, so statistics of these texts would be
# made for nothing.
#
# `least(created_at)` is `created_at` under a name that only these indexes know: left the choice, the planner walks an
# index of all rows and passes over every draft.

_TEXTS = {
    "jobs": "NEW.title || ' ' || NEW.description || ' ' || coalesce(NEW.employer_json->>'name', '') || ' '"
    " || coalesce(NEW.location_json->>'displayLabel', '')",
    "feed_posts": "NEW.title || ' ' || NEW.excerpt || ' ' || NEW.author || ' ' || NEW.category",
}


async def upgrade(db: BaseDBAsyncClient) -> str:
    return "SET LOCAL lock_timeout = '5s';" + "".join(
        f"""
        CREATE OR REPLACE FUNCTION write_search_text_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.search_text := lower({text});
            RETURN NEW;
        END $$;
        ALTER TABLE {table} ADD COLUMN IF NOT EXISTS search_text TEXT;
        ALTER TABLE {table}
            ALTER COLUMN search_text DROP EXPRESSION IF EXISTS,
            ALTER COLUMN search_text SET STATISTICS 0;
        CREATE OR REPLACE TRIGGER write_search_text BEFORE INSERT OR UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION write_search_text_of_{table}();
        """
        for table, text in _TEXTS.items()
    )


_NO_DRAFTS = "WHERE lifecycle_status <> 'DRAFT'"
_POST_SHOWN = "coalesce(published_at, scheduled_publish_at) DESC, created_at DESC, id DESC"
_POST_STATE = "lifecycle_status, published_at, scheduled_publish_at"
STEPS = (
    Backfill("jobs", "search_text = ''", "search_text IS NULL"),
    Backfill("feed_posts", "search_text = ''", "search_text IS NULL"),
    Required("jobs", "search_text"),
    Required("feed_posts", "search_text"),
    Index(
        "idx_jobs_search",
        "jobs USING gin (search_text gin_trgm_ops, text_pieces(search_text),"
        " lower(location_json->>'displayLabel') gin_trgm_ops, text_pieces(lower(location_json->>'displayLabel')))",
        unsampled=(2, 3, 4),
    ),
    Index("idx_jobs_position", "jobs (created_at, id)"),
    Index(
        "idx_jobs_listed",
        "jobs (least(created_at), id)"
        " INCLUDE (created_at, lifecycle_status, scheduled_publish_at, employment_type, visa_sponsorship)"
        f" {_NO_DRAFTS}",
    ),
    Index(
        "idx_jobs_listed_type",
        "jobs (employment_type, least(created_at), id)"
        f" INCLUDE (created_at, lifecycle_status, scheduled_publish_at, visa_sponsorship) {_NO_DRAFTS}",
    ),
    Index(
        "idx_jobs_listed_visa",
        "jobs (visa_sponsorship, least(created_at), id)"
        f" INCLUDE (created_at, lifecycle_status, scheduled_publish_at, employment_type) {_NO_DRAFTS}",
    ),
    Index(
        "idx_feed_posts_search",
        "feed_posts USING gin (search_text gin_trgm_ops, text_pieces(search_text))",
        unsampled=(2,),
    ),
    Index("idx_feed_posts_position", "feed_posts (published_at DESC NULLS LAST, created_at DESC, id DESC)"),
    Index("idx_feed_posts_listed", f"feed_posts ({_POST_SHOWN}) INCLUDE ({_POST_STATE}) {_NO_DRAFTS}"),
    Index(
        "idx_feed_posts_listed_category", f"feed_posts (category, {_POST_SHOWN}) INCLUDE ({_POST_STATE}) {_NO_DRAFTS}"
    ),
    Index("idx_user_saved_jobs_job_id", "user_saved_jobs (job_id)"),
    Index("idx_user_saved_posts_post_id", "user_saved_posts (post_id)"),
)


async def downgrade(db: BaseDBAsyncClient) -> str:
    indexes = [f"DROP INDEX IF EXISTS {step.name};" for step in STEPS if isinstance(step, Index)]
    columns = [
        f"""
        DROP TRIGGER IF EXISTS write_search_text ON {table};
        DROP FUNCTION IF EXISTS write_search_text_of_{table}();
        ALTER TABLE {table} DROP COLUMN IF EXISTS search_text;
        """
        for table in _TEXTS
    ]
    return "\n".join(["SET LOCAL lock_timeout = '5s';", *indexes, *columns])
