-- The schema of the replaced server after its step 009, written down from its description and not from our steps.
CREATE TABLE schema_migrations (file_name TEXT PRIMARY KEY, applied_at TIMESTAMPTZ NOT NULL DEFAULT NOW());

CREATE TABLE users (
  id UUID NOT NULL,
  full_name TEXT NOT NULL,
  email TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE (email)
);
CREATE TABLE sessions (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  token_hash TEXT NOT NULL UNIQUE,
  expires_at TIMESTAMPTZ NOT NULL,
  revoked_at TIMESTAMPTZ NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_sessions_user_id ON sessions(user_id);
CREATE INDEX idx_sessions_expires_at ON sessions(expires_at);

CREATE TABLE kyc_sessions (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  status TEXT NOT NULL CHECK (status = ANY ('{REJECTED,VERIFIED,MANUAL_REVIEW,SUBMITTED,CREATED}'::text[])),
  provider TEXT NOT NULL DEFAULT 'manual',
  submitted_at TIMESTAMPTZ,
  reviewed_by TEXT,
  reviewed_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_kyc_sessions_user_id_created_at ON kyc_sessions(user_id, created_at DESC);
CREATE INDEX idx_kyc_sessions_status ON kyc_sessions(status);
CREATE TABLE identity_documents (
  id UUID PRIMARY KEY,
  kyc_session_id UUID NOT NULL REFERENCES kyc_sessions(id) ON DELETE CASCADE,
  document_type TEXT NOT NULL,
  file_url TEXT NOT NULL,
  checksum_sha256 TEXT NOT NULL,
  metadata_json JSONB NOT NULL DEFAULT '{}',
  verified_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_identity_documents_kyc_session_id ON identity_documents(kyc_session_id);
CREATE INDEX idx_identity_documents_document_type ON identity_documents(document_type);

CREATE TABLE kyc_status_events (
  id UUID PRIMARY KEY,
  kyc_session_id UUID NOT NULL REFERENCES kyc_sessions(id) ON DELETE CASCADE,
  from_status TEXT,
  to_status TEXT NOT NULL CHECK (to_status IN ('CREATED', 'SUBMITTED', 'MANUAL_REVIEW', 'VERIFIED', 'REJECTED')),
  actor_type TEXT NOT NULL CHECK (actor_type IN ('USER', 'ADMIN', 'SYSTEM')),
  actor_id TEXT,
  reason TEXT,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_kyc_status_events_session_created_at ON kyc_status_events(kyc_session_id, created_at);
CREATE UNIQUE INDEX uq_identity_documents_session_checksum ON identity_documents(kyc_session_id, checksum_sha256);

CREATE TABLE roles (
  id UUID PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE TABLE user_roles (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  role_id UUID NOT NULL REFERENCES roles(id) ON DELETE CASCADE,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  UNIQUE (user_id, role_id)
);
CREATE INDEX idx_user_roles_user_id ON user_roles(user_id);
CREATE INDEX idx_user_roles_role_id ON user_roles(role_id);

ALTER TABLE kyc_sessions ADD COLUMN provider_ref TEXT;
ALTER TABLE kyc_sessions ADD COLUMN provider_metadata_json JSONB NOT NULL DEFAULT '{}';
CREATE INDEX idx_kyc_sessions_provider_ref ON kyc_sessions(provider_ref);

ALTER TABLE users ADD COLUMN avatar_url TEXT;
ALTER TABLE users ADD COLUMN updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW();

CREATE TABLE organizations (
  id UUID PRIMARY KEY,
  owner_user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  org_type TEXT NOT NULL CHECK (org_type = 'TSK' OR org_type = 'LPK' OR org_type = 'EMPLOYER'),
  country_code TEXT NOT NULL CHECK (country_code ~ '^[A-Z][A-Z]$'),
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_organizations_owner_user_id ON organizations(owner_user_id);
CREATE INDEX idx_organizations_org_type ON organizations(org_type);
CREATE TABLE organization_verifications (
  id UUID PRIMARY KEY,
  org_id UUID NOT NULL UNIQUE REFERENCES organizations(id) ON DELETE CASCADE,
  status TEXT NOT NULL CHECK (status IN ('PENDING', 'VERIFIED', 'MISMATCH', 'NOT_FOUND', 'REJECTED')),
  reason_codes_json JSONB NOT NULL DEFAULT '[]',
  registration_number TEXT NOT NULL,
  legal_name TEXT NOT NULL,
  supporting_object_keys_json JSONB NOT NULL DEFAULT '[]',
  last_checked_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_org_verifications_status ON organization_verifications(status);
CREATE INDEX idx_org_verifications_last_checked_at ON organization_verifications(last_checked_at DESC);

CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  employment_type TEXT NOT NULL CHECK (employment_type IN ('FULL_TIME', 'PART_TIME', 'CONTRACT')),
  visa_sponsorship BOOLEAN NOT NULL DEFAULT FALSE,
  description TEXT NOT NULL,
  requirements_json JSONB NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(requirements_json) = 'array'),
  location_json JSONB NOT NULL CHECK (jsonb_typeof(location_json) = 'object'),
  employer_json JSONB NOT NULL CHECK (jsonb_typeof(employer_json) = 'object'),
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_jobs_created_at ON jobs(created_at DESC);
CREATE INDEX idx_jobs_employment_type ON jobs(employment_type);
CREATE INDEX idx_jobs_visa_sponsorship ON jobs(visa_sponsorship);
CREATE TABLE feed_posts (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  excerpt TEXT NOT NULL,
  category TEXT NOT NULL,
  author TEXT NOT NULL,
  image_url TEXT,
  published_at TIMESTAMPTZ NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_feed_posts_published_at ON feed_posts(published_at DESC);
CREATE INDEX idx_feed_posts_category ON feed_posts(category);

CREATE TABLE user_saved_jobs (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  job_id TEXT NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  UNIQUE (user_id, job_id)
);
CREATE INDEX idx_user_saved_jobs_user_id_created_at ON user_saved_jobs(user_id, created_at DESC);
CREATE TABLE user_saved_posts (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  post_id TEXT NOT NULL REFERENCES feed_posts(id) ON DELETE CASCADE,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  UNIQUE (user_id, post_id)
);
CREATE INDEX idx_user_saved_posts_user_id_created_at ON user_saved_posts(user_id, created_at DESC);
CREATE TABLE job_applications (
  id UUID PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  job_id TEXT NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
  status TEXT NOT NULL CHECK (status IN ('SUBMITTED', 'IN_REVIEW', 'INTERVIEW', 'OFFERED', 'HIRED', 'REJECTED')),
  note TEXT,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
  UNIQUE (user_id, job_id)
);
CREATE INDEX idx_job_applications_user_id_updated_at ON job_applications(user_id, updated_at DESC);
CREATE TABLE job_application_journey_events (
  id UUID PRIMARY KEY,
  application_id UUID NOT NULL REFERENCES job_applications(id) ON DELETE CASCADE,
  status TEXT NOT NULL CHECK (status IN ('SUBMITTED', 'IN_REVIEW', 'INTERVIEW', 'OFFERED', 'HIRED', 'REJECTED')),
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);
CREATE INDEX idx_job_application_journey_application_id_created_at
  ON job_application_journey_events(application_id, created_at);

INSERT INTO schema_migrations (file_name) VALUES
  ('001_auth_tables.sql'), ('002_kyc_tables.sql'), ('003_kyc_status_events.sql'), ('004_rbac_tables.sql'),
  ('005_kyc_provider_metadata.sql'), ('006_user_profile_fields.sql'), ('007_organizations_tables.sql'),
  ('008_jobs_feed_tables.sql'), ('009_jobs_feed_user_interactions.sql');
