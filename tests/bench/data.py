"""What stands in the databases? Rows by SQL, with another text in each, and the indexes made after them."""

from __future__ import annotations

import itertools

import asyncpg

# Who reads, who writes, and who works as staff; all seeded. They are different people, so that nobody's writes renew what
# the reader's answers are made of.
READER, WRITER, STAFF = "ayu.lestari@example.com", "citra.wulandari@example.com", "budi.santoso@example.com"
# In 1 of 5 000 jobs, in none, in 1 of 10.
RARE, ABSENT, BROAD = "langka", "nowhere", "japan"
# All words are made of these, so a term of one of them matches most rows and none is spelt like the words above.
SYLLABLES = [consonant + vowel for consonant in "bdfghkmprst" for vowel in "aeiou"]
WORDS = ["".join(parts) for parts in itertools.islice(itertools.product(SYLLABLES[::2], SYLLABLES[1::3]), 509)]
SAVED = 40
# What the measures write to.
WRITTEN = "user_versions, content_versions, user_saved_jobs, job_applications, job_application_journey_events, sessions"
BENCH_ID = "bench_{:08d}"


def _words(count: int, salt: int) -> str:
    """SQL that picks words by the number of a row; the number itself makes the text unlike any other."""
    return " || ' ' || ".join(
        f"words[1 + (n * {7919 + 104729 * k + salt} + {31 * k}) % {len(WORDS)}]" for k in range(count)
    )


_JOBS_SQL = f"""
    INSERT INTO jobs (id, title, employment_type, visa_sponsorship, description, requirements_json, location_json,
                      employer_json, created_at, updated_at, lifecycle_status, published_at)
        SELECT 'bench_' || lpad(n::text, 8, '0'), {_words(2, 1)} || ' ' || n, s.employment_type, s.visa_sponsorship,
            {_words(9, 2)} || CASE WHEN n % 5000 = 7 THEN ' {RARE}' ELSE '' END
                || CASE WHEN n % 10 = 3 THEN ' {BROAD}' ELSE '' END,
            s.requirements_json, s.location_json, s.employer_json, timestamptz '2026-06-01Z' + n * interval '1 second',
            timestamptz '2026-06-01Z' + n * interval '1 second', 'PUBLISHED', s.published_at
        FROM generate_series(1::bigint, $1) n
        JOIN (SELECT *, row_number() OVER (ORDER BY id) AS number FROM jobs) s
            ON s.number = 1 + n % (SELECT count(*) FROM jobs), (SELECT $2::text[] AS words) w
"""
_POSTS_SQL = f"""
    INSERT INTO feed_posts (id, title, excerpt, category, author, image_url, published_at, created_at, lifecycle_status)
        SELECT 'bench_' || lpad(n::text, 8, '0'), {_words(2, 3)} || ' ' || n, {_words(6, 4)}, s.category, s.author,
            s.image_url, timestamptz '2026-01-01Z' + n * interval '1 second', timestamptz '2026-01-01Z', 'PUBLISHED'
        FROM generate_series(1::bigint, $1) n
        JOIN (SELECT *, row_number() OVER (ORDER BY id) AS number FROM feed_posts) s
            ON s.number = 1 + n % (SELECT count(*) FROM feed_posts), (SELECT $2::text[] AS words) w
"""
_PEOPLE_SQL = """
    INSERT INTO users (id, full_name, email, password_hash)
        SELECT gen_random_uuid(), 'Candidate ' || n, 'bench' || n || '@example.com', 'x' FROM generate_series(1, {people}) n;
    INSERT INTO session_families (id, user_id) SELECT gen_random_uuid(), id FROM users WHERE email LIKE 'bench%';
    INSERT INTO user_saved_jobs (id, user_id, job_id)
        SELECT gen_random_uuid(), u.id, j.id FROM users u, (SELECT id FROM jobs ORDER BY md5(id) LIMIT {saved}) j
        WHERE u.email = '{reader}' ON CONFLICT DO NOTHING;
    INSERT INTO user_saved_posts (id, user_id, post_id)
        SELECT gen_random_uuid(), u.id, p.id FROM users u, (SELECT id FROM feed_posts ORDER BY md5(id) LIMIT {saved}) p
        WHERE u.email = '{reader}' ON CONFLICT DO NOTHING;
    INSERT INTO user_roles (id, user_id, role_id)
        SELECT gen_random_uuid(), u.id, r.id FROM users u, roles r
        WHERE u.email = '{staff}' AND r.code = 'super_admin' ON CONFLICT DO NOTHING;
"""
# Of whatever schema a revision has: its indexes that are no constraint, and the columns without statistics.
_INDEXES_SQL = """
    SELECT i.relname AS name, pg_get_indexdef(i.oid) AS made_by,
        (SELECT string_agg(format('ALTER INDEX %I ALTER COLUMN %s SET STATISTICS %s', i.relname, a.attnum, a.attstattarget),
            ';') FROM pg_attribute a WHERE a.attrelid = i.oid AND a.attstattarget IS NOT NULL) AS then_set
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    WHERE x.indrelid = ANY (ARRAY['jobs', 'feed_posts']::regclass[])
        AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = i.oid)
"""


async def fill(url: str, rows: int) -> None:
    """Add `rows` jobs and as many posts, a person and a sign-in for every ten, and the reader's saved ones."""
    connection = await asyncpg.connect(url)
    try:
        # A text index that is built is many times faster than one that grows.
        await connection.execute("SET maintenance_work_mem = '1GB'; SET max_parallel_maintenance_workers = 2")
        indexes = await connection.fetch(_INDEXES_SQL)
        await connection.execute("".join(f"DROP INDEX {index['name']};" for index in indexes))
        for sql in (_JOBS_SQL, _POSTS_SQL):
            await connection.execute(sql, rows, WORDS)
        await connection.execute(_PEOPLE_SQL.format(people=rows // 10, saved=SAVED, reader=READER, staff=STAFF))
        for index in indexes:
            await connection.execute(f"{index['made_by']}; {index['then_set'] or ''}")
    finally:
        await connection.close()


async def keep_jobs(url: str, count: int) -> None:
    """Delete all jobs and posts but the `count` oldest."""
    connection = await asyncpg.connect(url)
    try:
        for table in ("jobs", "feed_posts"):
            await connection.execute(
                f"DELETE FROM {table} WHERE id NOT IN (SELECT id FROM {table} ORDER BY created_at, id LIMIT $1)", count
            )
    finally:
        await connection.close()


async def settle(url: str, tables: str = "") -> None:
    """Do for `tables` (all: empty) what Postgres does in the background, where it would fall on whatever is measured."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"VACUUM (ANALYZE) {tables}")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
