-- The replaced server's steps 010 to 012.
ALTER TABLE jobs ADD COLUMN lifecycle_status TEXT NOT NULL DEFAULT 'PUBLISHED';
ALTER TABLE jobs ADD CONSTRAINT jobs_lifecycle_status_check
  CHECK (lifecycle_status IN ('PUBLISHED', 'DRAFT', 'SCHEDULED'));
ALTER TABLE jobs ADD COLUMN published_at TIMESTAMPTZ;
ALTER TABLE jobs ADD COLUMN scheduled_publish_at TIMESTAMPTZ;
ALTER TABLE feed_posts ADD COLUMN lifecycle_status TEXT NOT NULL DEFAULT 'PUBLISHED';
ALTER TABLE feed_posts ADD CONSTRAINT feed_posts_lifecycle_status_check
  CHECK (lifecycle_status IN ('DRAFT', 'SCHEDULED', 'PUBLISHED'));
ALTER TABLE feed_posts ADD COLUMN scheduled_publish_at TIMESTAMPTZ;
ALTER TABLE feed_posts ALTER COLUMN published_at DROP NOT NULL;
CREATE INDEX idx_jobs_lifecycle_status ON jobs(lifecycle_status);
CREATE INDEX idx_jobs_scheduled_publish_at ON jobs(scheduled_publish_at);
CREATE INDEX idx_feed_posts_lifecycle_status ON feed_posts(lifecycle_status);
CREATE INDEX idx_feed_posts_scheduled_publish_at ON feed_posts(scheduled_publish_at);

ALTER TABLE job_application_journey_events ADD COLUMN actor_type TEXT;
ALTER TABLE job_application_journey_events ADD COLUMN actor_id TEXT;
ALTER TABLE job_application_journey_events ADD CONSTRAINT job_application_journey_events_actor_type_check
  CHECK (actor_type IS NULL OR actor_type IN ('USER', 'ADMIN', 'SYSTEM'));
CREATE INDEX idx_job_application_journey_actor_id_created_at
  ON job_application_journey_events(actor_id, created_at DESC);
CREATE TABLE job_application_documents (
  id UUID PRIMARY KEY,
  application_id UUID NOT NULL REFERENCES job_applications(id) ON DELETE CASCADE,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  document_type TEXT NOT NULL,
  file_name TEXT NOT NULL,
  content_type TEXT NOT NULL,
  content_length BIGINT NOT NULL CHECK (content_length >= 1),
  object_key TEXT NOT NULL UNIQUE,
  checksum_sha256 TEXT NOT NULL,
  file_url TEXT NOT NULL,
  review_status TEXT NOT NULL DEFAULT 'PENDING' CHECK (review_status IN ('PENDING', 'VALID', 'INVALID')),
  review_reason TEXT,
  reviewed_by TEXT,
  reviewed_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  UNIQUE (application_id, checksum_sha256)
);
CREATE INDEX idx_job_application_documents_application_id_created_at
  ON job_application_documents(application_id, created_at DESC);
CREATE INDEX idx_job_application_documents_user_id_created_at ON job_application_documents(user_id, created_at DESC);
CREATE INDEX idx_job_application_documents_review_status ON job_application_documents(review_status, created_at DESC);

ALTER TABLE users ADD COLUMN email_verified_at TIMESTAMPTZ;
CREATE TABLE email_verification_challenges (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  resend_available_at TIMESTAMPTZ NOT NULL,
  attempt_count INTEGER NOT NULL DEFAULT 0,
  max_attempts INTEGER NOT NULL DEFAULT 5,
  verified_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_email_verification_challenges_email_created_at
  ON email_verification_challenges(email, created_at DESC);
CREATE INDEX idx_email_verification_challenges_email_active
  ON email_verification_challenges(email, verified_at, expires_at);
CREATE INDEX idx_email_verification_challenges_user_id ON email_verification_challenges(user_id);

INSERT INTO schema_migrations (file_name) VALUES
  ('010_content_lifecycle.sql'), ('011_application_documents_and_offer_audit.sql'), ('012_email_verification.sql');
