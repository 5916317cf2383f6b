--
-- PostgreSQL database dump
--

\restrict h7Ln3PqX0aBcDeFgHiJkLmNoPqRsTuVwXyZ

-- Dumped from database version 16.11
-- Dumped by pg_dump version 16.11

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Data for Name: feed_posts; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.feed_posts (id, title, excerpt, category, author, image_url, published_at, created_at, updated_at, lifecycle_status, scheduled_publish_at) FROM stdin;
post_jp_work_culture_001	Bekerja di Jepang — apa yang berbeda	Bagian pertama:\nsalam, waktu, tim.	CAREER	Tim Jembatan	\N	2026-02-10 09:00:00+00	2026-02-01 08:30:00.123456+00	2026-02-01 08:30:00.123456+00	PUBLISHED	\N
post_visa_update_002	Visa: \\"Tokutei Ginou\\" & you	Path C:\\visa\\n is not a new line; a\ttab is.	VISA	日本事務所	https://cdn.example.com/p.png	2026-02-14 09:00:00+00	2026-02-01 08:30:00.123456+00	2026-02-01 08:30:00.123456+00	PUBLISHED	\N
5f0f0f0f-0000-4000-8000-000000000009	A draft	Not out yet.	SAFETY	Editor	\N	\N	2026-02-01 08:30:00.123456+00	2026-02-01 08:30:00.123456+00	DRAFT	\N
\.


--
-- Data for Name: jobs; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.jobs (id, title, employment_type, visa_sponsorship, description, requirements_json, location_json, employer_json, created_at, updated_at, lifecycle_status, published_at, scheduled_publish_at) FROM stdin;
job_tokyo_senior_welder_001	Senior Welder	FULL_TIME	t	Weld.\r\nCheck.\tRepeat.	["3 years", "JLPT N4", "O'Brien\\\\s test"]	{"city": "Tokyo", "latitude": 35.6762, "longitude": 139.6503, "countryCode": "JP", "displayLabel": "Tokyo, JP"}	{"id": "emp_tokyo_construction", "name": "Tokyo \\"Kensetsu\\" 建設", "logoUrl": null, "isVerifiedEmployer": true}	2026-02-01 08:30:00.123456+00	2026-02-01 08:30:00.123456+00	PUBLISHED	2026-02-01 08:30:00.123456+00	\N
job_osaka_cnc_operator_002	CNC Operator	CONTRACT	f		[]	{"city": "Tokyo", "latitude": 35.6762, "longitude": 139.6503, "countryCode": "JP", "displayLabel": "Tokyo, JP"}	{"id": "emp_kansai_precision", "name": "Kansai", "isVerifiedEmployer": false}	2026-02-01 08:30:00.123456+00	2026-02-01 08:30:00.123456+00	SCHEDULED	\N	2027-01-01 00:00:00+00
\.


--
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.users (id, full_name, email, password_hash, created_at, avatar_url, updated_at, email_verified_at) FROM stdin;
11111111-1111-4111-8111-000000000001	Siti O'Nurhaliza 🌉	siti@example.com	pbkdf2$120000$9e2be426d112906c6023ad98a2463873$e0d9f1a75205271a55eba12fcb3885db828973fb2a21bfa75c457352db66655e	2026-02-01 08:30:00.123456+00	https://cdn.example.com/a.png	2026-02-01 08:30:00.123456+00	2026-02-01 08:30:00.123456+00
11111111-1111-4111-8111-000000000002	Muhammad Yusuf Ibrahim Abdurrahman Muhammad Yusuf Ibrahim Abdurrahman Muhammad Yusuf Ibrahim Abdurrahman Muhammad Yusuf Ibrahim Abdurrahman Muhammad Yusuf Ibrahim Abdurrahman Muhammad Yusuf Ibrahim Abdurrahman Muhammad Yusuf Ibrahim Abdurrahman Muhammad Yusuf Ibrahim Abdurrahman Muhammad Yusuf IbraX	yusuf@example.com	pbkdf2$120000$9e2be426d112906c6023ad98a2463873$fe3f3cd2ae2f9fd6fb8caefd532ceea965dc82072ea6db0dcf3893f659f91293	2026-02-01 08:30:00.123456+00	\N	2026-02-01 08:30:00.123456+00	\N
11111111-1111-4111-8111-000000000003	Reviewer	reviewer@example.com	pbkdf2$120000$9e2be426d112906c6023ad98a2463873$1662d6b64d1c81ded85505a1fdec6cef366e06a8f81dc961d58f0557ec45bbe8	2026-02-01 08:30:00.123456+00	\N	2026-02-01 08:30:00.123456+00	\N
\.


--
-- Data for Name: email_verification_challenges; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.email_verification_challenges (id, user_id, email, code_hash, expires_at, resend_available_at, attempt_count, max_attempts, verified_at, created_at, updated_at) FROM stdin;
aaaaaaaa-aaaa-4aaa-8aaa-000000000001	11111111-1111-4111-8111-000000000001	siti@example.com	702c892ce0a844475c8ab8fa6807cebcb2b39b9cd5035c0df582c38dbdb5fa5c	2026-02-01 08:30:00.123456+00	2026-02-01 08:30:00.123456+00	1	5	2026-02-01 08:30:00.123456+00	2026-02-01 08:30:00.123456+00	2026-02-01 08:30:00.123456+00
aaaaaaaa-aaaa-4aaa-8aaa-000000000002	11111111-1111-4111-8111-000000000002	yusuf@example.com	969f2f37c70a6ab04e0fbe85ada09eeb9a379bbc1e31985cbc46d5d2eb3b775c	2099-01-01 00:00:00+00	2026-02-01 08:30:00.123456+00	0	5	\N	2026-02-01 08:30:00.123456+00	2026-02-01 08:30:00.123456+00
\.


--
-- Data for Name: kyc_sessions; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.kyc_sessions (id, user_id, status, provider, submitted_at, reviewed_by, reviewed_at, created_at, updated_at, provider_ref, provider_metadata_json) FROM stdin;
cccccccc-cccc-4ccc-8ccc-000000000001	11111111-1111-4111-8111-000000000001	MANUAL_REVIEW	manual	2026-02-01 08:30:00.123456+00	reviewer@example.com	2026-02-01 08:30:00.123456+00	2026-02-01 08:30:00.123456+00	2026-02-01 08:30:00.123456+00	\N	{"finalVerification": {"id": "cccccccc-cccc-4ccc-8ccc-00000000f001", "note": null, "source": "MOBILE_APP", "status": "REQUESTED", "sessionId": "cccccccc-cccc-4ccc-8ccc-000000000001", "requestedAt": "2026-02-01T08:30:00.123Z", "documentsCount": 1}}
cccccccc-cccc-4ccc-8ccc-000000000002	11111111-1111-4111-8111-000000000002	CREATED	acme	\N	\N	\N	2026-02-01 08:30:00.123456+00	2026-02-01 08:30:00.123456+00	ref-\\-1	{}
\.


--
-- Data for Name: identity_documents; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.identity_documents (id, kyc_session_id, document_type, file_url, checksum_sha256, metadata_json, verified_at, created_at) FROM stdin;
dddddddd-dddd-4ddd-8ddd-000000000001	cccccccc-cccc-4ccc-8ccc-000000000001	RESIDENCE_CARD_FRONT	s3://old-bucket/kyc/11111111-1111-4111-8111-000000000001/cccccccc-cccc-4ccc-8ccc-000000000001/20260201083000123-residence_card_front-1-a.png	aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa	{"note": "side \\"A\\"", "objectKey": "kyc/11111111-1111-4111-8111-000000000001/cccccccc-cccc-4ccc-8ccc-000000000001/20260201083000123-residence_card_front-1-a.png"}	\N	2026-02-01 08:30:00.123456+00
\.


--
-- Data for Name: job_applications; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.job_applications (id, user_id, job_id, status, note, created_at, updated_at) FROM stdin;
bbbbbbbb-bbbb-4bbb-8bbb-000000000001	11111111-1111-4111-8111-000000000001	job_tokyo_senior_welder_001	OFFERED	Saya siap.\nKapan pun; "besok" juga.	2026-02-01 08:30:00.123456+00	2026-02-03 08:30:00+00
bbbbbbbb-bbbb-4bbb-8bbb-000000000002	11111111-1111-4111-8111-000000000001	job_osaka_cnc_operator_002	SUBMITTED	\N	2026-02-01 08:30:00.123456+00	2026-02-01 08:30:00.123456+00
\.


--
-- Data for Name: job_application_documents; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.job_application_documents (id, application_id, user_id, document_type, file_name, content_type, content_length, object_key, checksum_sha256, file_url, review_status, review_reason, reviewed_by, reviewed_at, created_at, updated_at) FROM stdin;
eeeeeeee-eeee-4eee-8eee-000000000001	bbbbbbbb-bbbb-4bbb-8bbb-000000000001	11111111-1111-4111-8111-000000000001	CV	riwayat hidup.pdf	application/pdf	512000	applications/11111111-1111-4111-8111-000000000001/bbbbbbbb-bbbb-4bbb-8bbb-000000000001/20260201083000123-cv-1-riwayat-hidup.pdf	bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb	s3://old-bucket/applications/11111111-1111-4111-8111-000000000001/bbbbbbbb-bbbb-4bbb-8bbb-000000000001/20260201083000123-cv-1-riwayat-hidup.pdf	PENDING	\N	\N	\N	2026-02-01 08:30:00.123456+00	2026-02-01 08:30:00.123456+00
\.


--
-- Data for Name: job_application_journey_events; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.job_application_journey_events (id, application_id, status, title, description, created_at, actor_type, actor_id) FROM stdin;
ffffffff-ffff-4fff-8fff-000000000001	bbbbbbbb-bbbb-4bbb-8bbb-000000000001	SUBMITTED	Application submitted	Sent.	2026-02-01 08:30:00.123456+00	\N	\N
ffffffff-ffff-4fff-8fff-000000000002	bbbbbbbb-bbbb-4bbb-8bbb-000000000001	OFFERED	Offer	An offer was made.	2026-02-03 08:30:00+00	ADMIN	reviewer@example.com
ffffffff-ffff-4fff-8fff-000000000003	bbbbbbbb-bbbb-4bbb-8bbb-000000000002	SUBMITTED	Application submitted	Sent.	2026-02-01 08:30:00.123456+00	USER	11111111-1111-4111-8111-000000000001
\.


--
-- Data for Name: kyc_status_events; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.kyc_status_events (id, kyc_session_id, from_status, to_status, actor_type, actor_id, reason, created_at) FROM stdin;
99999999-9999-4999-8999-000000000001	cccccccc-cccc-4ccc-8ccc-000000000001	\N	CREATED	USER	11111111-1111-4111-8111-000000000001	session_started	2026-02-01 08:30:00.123456+00
99999999-9999-4999-8999-000000000002	cccccccc-cccc-4ccc-8ccc-000000000001	CREATED	SUBMITTED	USER	11111111-1111-4111-8111-000000000001	\N	2026-02-01 08:30:00.123456+00
99999999-9999-4999-8999-000000000003	cccccccc-cccc-4ccc-8ccc-000000000001	SUBMITTED	MANUAL_REVIEW	ADMIN	reviewer@example.com	a second look	2026-02-01 08:30:00.123456+00
\.


--
-- Data for Name: organizations; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.organizations (id, owner_user_id, name, org_type, country_code, created_at, updated_at) FROM stdin;
88888888-8888-4888-8888-000000000001	11111111-1111-4111-8111-000000000002	LPK Maju; DROP TABLE users --	LPK	ID	2026-02-01 08:30:00.123456+00	2026-02-01 08:30:00.123456+00
\.


--
-- Data for Name: organization_verifications; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.organization_verifications (id, org_id, status, reason_codes_json, registration_number, legal_name, supporting_object_keys_json, last_checked_at, created_at, updated_at) FROM stdin;
77777777-7777-4777-8777-000000000001	88888888-8888-4888-8888-000000000001	MISMATCH	["NAME_MISMATCH"]	NIB-1	PT Maju	["org/1.pdf"]	2026-02-01 08:30:00.123456+00	2026-02-01 08:30:00.123456+00	2026-02-01 08:30:00.123456+00
\.


--
-- Data for Name: roles; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.roles (id, code, description, created_at) FROM stdin;
00000000-0000-0000-0000-000000000001	sdm	Old text of sdm	2026-02-01 08:30:00.123456+00
00000000-0000-0000-0000-000000000002	lpk	Old text of lpk	2026-02-01 08:30:00.123456+00
00000000-0000-0000-0000-000000000003	tsk	Old text of tsk	2026-02-01 08:30:00.123456+00
00000000-0000-0000-0000-000000000004	kaisha	Old text of kaisha	2026-02-01 08:30:00.123456+00
00000000-0000-0000-0000-000000000005	super_admin	Old text of super_admin	2026-02-01 08:30:00.123456+00
\.


--
-- Data for Name: schema_migrations; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.schema_migrations (file_name, applied_at) FROM stdin;
001_auth_tables.sql	2026-02-01 08:30:00.123456+00
002_kyc_tables.sql	2026-02-01 08:30:00.123456+00
003_kyc_status_events.sql	2026-02-01 08:30:00.123456+00
004_rbac_tables.sql	2026-02-01 08:30:00.123456+00
005_kyc_provider_metadata.sql	2026-02-01 08:30:00.123456+00
006_user_profile_fields.sql	2026-02-01 08:30:00.123456+00
007_organizations_tables.sql	2026-02-01 08:30:00.123456+00
008_jobs_feed_tables.sql	2026-02-01 08:30:00.123456+00
009_jobs_feed_user_interactions.sql	2026-02-01 08:30:00.123456+00
010_content_lifecycle.sql	2026-02-01 08:30:00.123456+00
011_application_documents_and_offer_audit.sql	2026-02-01 08:30:00.123456+00
012_email_verification.sql	2026-02-01 08:30:00.123456+00
\.


--
-- Data for Name: sessions; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.sessions (id, user_id, token_hash, expires_at, revoked_at, created_at) FROM stdin;
66666666-6666-4666-8666-000000000001	11111111-1111-4111-8111-000000000001	a7e070fd5cbb99cdbef039ddf2a732f5bbba8a1ab1c05923316905df5d37ee86	2099-01-01 00:00:00+00	\N	2026-02-01 08:30:00.123456+00
66666666-6666-4666-8666-000000000002	11111111-1111-4111-8111-000000000001	a306b0f2c24a4c5008c43bd62f79ba13b0dbab49042687ea1a61887437b77b08	2099-01-01 00:00:00+00	2026-02-01 08:30:00.123456+00	2026-02-01 08:30:00.123456+00
66666666-6666-4666-8666-000000000003	11111111-1111-4111-8111-000000000002	5fa7ed28aff7525fae4b77bb400902981e2adec545f46d14383b606e9bbb6f67	2026-02-01 08:30:00.123456+00	\N	2026-02-01 08:30:00.123456+00
\.


--
-- Data for Name: user_roles; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.user_roles (id, user_id, role_id, created_at) FROM stdin;
55555555-5555-4555-8555-000000000001	11111111-1111-4111-8111-000000000001	00000000-0000-0000-0000-000000000001	2026-02-01 08:30:00.123456+00
55555555-5555-4555-8555-000000000002	11111111-1111-4111-8111-000000000002	00000000-0000-0000-0000-000000000001	2026-02-01 08:30:00.123456+00
55555555-5555-4555-8555-000000000003	11111111-1111-4111-8111-000000000003	00000000-0000-0000-0000-000000000005	2026-02-01 08:30:00.123456+00
\.


--
-- Data for Name: user_saved_jobs; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.user_saved_jobs (id, user_id, job_id, created_at) FROM stdin;
44444444-4444-4444-8444-000000000001	11111111-1111-4111-8111-000000000001	job_osaka_cnc_operator_002	2026-02-01 08:30:00.123456+00
\.


--
-- Data for Name: user_saved_posts; Type: TABLE DATA; Schema: public; Owner: app
--

COPY public.user_saved_posts (id, user_id, post_id, created_at) FROM stdin;
33333333-3333-4333-8333-000000000001	11111111-1111-4111-8111-000000000001	post_visa_update_002	2026-02-01 08:30:00.123456+00
\.


--
-- PostgreSQL database dump complete
--

\unrestrict h7Ln3PqX0aBcDeFgHiJkLmNoPqRsTuVwXyZ

