-- Empties the schema, as the first part of the one transaction that then restores a dump: all or nothing.
SET lock_timeout = '30s';
SET client_min_messages = warning;
DO $$
DECLARE thing record;
BEGIN
  FOR thing IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP TABLE public.%I CASCADE', thing.tablename);
  END LOOP;
  FOR thing IN SELECT p.oid::regprocedure AS signature FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
    EXECUTE format('DROP FUNCTION %s CASCADE', thing.signature);
  END LOOP;
END $$;
