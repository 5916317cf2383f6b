-- Writes database.dump and counts.txt into the current folder, both from one snapshot, so that a restore can be compared
-- with the numbers of rows to the last one. For psql 16 or later.
\set ON_ERROR_STOP on
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot() AS snapshot \gset
\setenv SNAPSHOT :snapshot
\! pg_dump --format=custom --no-owner --no-acl --no-comments --extension=pg_trgm --snapshot="$SNAPSHOT" --lock-wait-timeout=60s --file=database.dump
\if :SHELL_ERROR
  DO $$ BEGIN RAISE 'pg_dump failed'; END $$;
\endif
\pset format unaligned
\pset tuples_only on
\o counts.txt
SELECT 'head', version FROM aerich WHERE app = 'models' ORDER BY id DESC LIMIT 1;
SELECT format('SELECT %L, count(*) FROM public.%I', tablename, tablename)
FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename \gexec
\o
COMMIT;
