--
-- PostgreSQL database dump
--


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

INSERT INTO public.feed_posts VALUES ('post_jp_work_culture_001', 'Bekerja di Jepang — apa yang berbeda', 'Bagian pertama:
salam, waktu, tim.', 'CAREER', 'Tim Jembatan', NULL, '2026-02-10 09:00:00+00', '2026-02-01 08:30:00.123456+00', '2026-02-01 08:30:00.123456+00');
INSERT INTO public.feed_posts VALUES ('post_visa_update_002', 'Visa: \"Tokutei Ginou\" & you', 'Path C:\visa\n is not a new line; a	tab is.', 'VISA', '日本事務所', 'https://cdn.example.com/p.png', '2026-02-14 09:00:00+00', '2026-02-01 08:30:00.123456+00', '2026-02-01 08:30:00.123456+00');


--
-- Data for Name: jobs; Type: TABLE DATA; Schema: public; Owner: app
--

INSERT INTO public.jobs VALUES ('job_tokyo_senior_welder_001', 'Senior Welder', 'FULL_TIME', true, 'Weld.
Check.	Repeat.', '["3 years", "JLPT N4", "O''Brien\\s test"]', '{"city": "Tokyo", "latitude": 35.6762, "longitude": 139.6503, "countryCode": "JP", "displayLabel": "Tokyo, JP"}', '{"id": "emp_tokyo_construction", "name": "Tokyo \"Kensetsu\" 建設", "logoUrl": null, "isVerifiedEmployer": true}', '2026-02-01 08:30:00.123456+00', '2026-02-01 08:30:00.123456+00');
INSERT INTO public.jobs VALUES ('job_osaka_cnc_operator_002', 'CNC Operator', 'CONTRACT', false, '', '[]', '{"city": "Tokyo", "latitude": 35.6762, "longitude": 139.6503, "countryCode": "JP", "displayLabel": "Tokyo, JP"}', '{"id": "emp_kansai_precision", "name": "Kansai", "isVerifiedEmployer": false}', '2026-02-01 08:30:00.123456+00', '2026-02-01 08:30:00.123456+00');


--
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: app
--

INSERT INTO public.users VALUES ('11111111-1111-4111-8111-000000000001', 'Siti O''Nurhaliza 🌉', 'siti@example.com', 'pbkdf2$120000$9e2be426d112906c6023ad98a2463873$e0d9f1a75205271a55eba12fcb3885db828973fb2a21bfa75c457352db66655e', '2026-02-01 08:30:00.123456+00', 'https://cdn.example.com/a.png', '2026-02-01 08:30:00.123456+00');
INSERT INTO public.users VALUES ('11111111-1111-4111-8111-000000000002', 'Muhammad Yusuf Ibrahim Abdurrahman Muhammad Yusuf Ibrahim Abdurrahman Muhammad Yusuf Ibrahim Abdurrahman Muhammad Yusuf Ibrahim Abdurrahman Muhammad Yusuf Ibrahim Abdurrahman Muhammad Yusuf Ibrahim Abdurrahman Muhammad Yusuf Ibrahim Abdurrahman Muhammad Yusuf Ibrahim Abdurrahman Muhammad Yusuf IbraX', 'yusuf@example.com', 'pbkdf2$120000$9e2be426d112906c6023ad98a2463873$fe3f3cd2ae2f9fd6fb8caefd532ceea965dc82072ea6db0dcf3893f659f91293', '2026-02-01 08:30:00.123456+00', NULL, '2026-02-01 08:30:00.123456+00');
INSERT INTO public.users VALUES ('11111111-1111-4111-8111-000000000003', 'Reviewer', 'reviewer@example.com', 'pbkdf2$120000$9e2be426d112906c6023ad98a2463873$1662d6b64d1c81ded85505a1fdec6cef366e06a8f81dc961d58f0557ec45bbe8', '2026-02-01 08:30:00.123456+00', NULL, '2026-02-01 08:30:00.123456+00');


--
-- Data for Name: kyc_sessions; Type: TABLE DATA; Schema: public; Owner: app
--

INSERT INTO public.kyc_sessions VALUES ('cccccccc-cccc-4ccc-8ccc-000000000001', '11111111-1111-4111-8111-000000000001', 'MANUAL_REVIEW', 'manual', '2026-02-01 08:30:00.123456+00', 'reviewer@example.com', '2026-02-01 08:30:00.123456+00', '2026-02-01 08:30:00.123456+00', '2026-02-01 08:30:00.123456+00', NULL, '{"finalVerification": {"id": "cccccccc-cccc-4ccc-8ccc-00000000f001", "note": null, "source": "MOBILE_APP", "status": "REQUESTED", "sessionId": "cccccccc-cccc-4ccc-8ccc-000000000001", "requestedAt": "2026-02-01T08:30:00.123Z", "documentsCount": 1}}');
INSERT INTO public.kyc_sessions VALUES ('cccccccc-cccc-4ccc-8ccc-000000000002', '11111111-1111-4111-8111-000000000002', 'CREATED', 'acme', NULL, NULL, NULL, '2026-02-01 08:30:00.123456+00', '2026-02-01 08:30:00.123456+00', 'ref-\-1', '{}');


--
-- Data for Name: identity_documents; Type: TABLE DATA; Schema: public; Owner: app
--

INSERT INTO public.identity_documents VALUES ('dddddddd-dddd-4ddd-8ddd-000000000001', 'cccccccc-cccc-4ccc-8ccc-000000000001', 'RESIDENCE_CARD_FRONT', 's3://old-bucket/kyc/11111111-1111-4111-8111-000000000001/cccccccc-cccc-4ccc-8ccc-000000000001/20260201083000123-residence_card_front-1-a.png', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '{"note": "side \"A\"", "objectKey": "kyc/11111111-1111-4111-8111-000000000001/cccccccc-cccc-4ccc-8ccc-000000000001/20260201083000123-residence_card_front-1-a.png"}', NULL, '2026-02-01 08:30:00.123456+00');


--
-- Data for Name: job_applications; Type: TABLE DATA; Schema: public; Owner: app
--

INSERT INTO public.job_applications VALUES ('bbbbbbbb-bbbb-4bbb-8bbb-000000000001', '11111111-1111-4111-8111-000000000001', 'job_tokyo_senior_welder_001', 'OFFERED', 'Saya siap.
Kapan pun; "besok" juga.', '2026-02-01 08:30:00.123456+00', '2026-02-03 08:30:00+00');
INSERT INTO public.job_applications VALUES ('bbbbbbbb-bbbb-4bbb-8bbb-000000000002', '11111111-1111-4111-8111-000000000001', 'job_osaka_cnc_operator_002', 'SUBMITTED', NULL, '2026-02-01 08:30:00.123456+00', '2026-02-01 08:30:00.123456+00');


--
-- Data for Name: job_application_journey_events; Type: TABLE DATA; Schema: public; Owner: app
--

INSERT INTO public.job_application_journey_events VALUES ('ffffffff-ffff-4fff-8fff-000000000001', 'bbbbbbbb-bbbb-4bbb-8bbb-000000000001', 'SUBMITTED', 'Application submitted', 'Sent.', '2026-02-01 08:30:00.123456+00');
INSERT INTO public.job_application_journey_events VALUES ('ffffffff-ffff-4fff-8fff-000000000002', 'bbbbbbbb-bbbb-4bbb-8bbb-000000000001', 'OFFERED', 'Offer', 'An offer was made.', '2026-02-03 08:30:00+00');
INSERT INTO public.job_application_journey_events VALUES ('ffffffff-ffff-4fff-8fff-000000000003', 'bbbbbbbb-bbbb-4bbb-8bbb-000000000002', 'SUBMITTED', 'Application submitted', 'Sent.', '2026-02-01 08:30:00.123456+00');


--
-- Data for Name: kyc_status_events; Type: TABLE DATA; Schema: public; Owner: app
--

INSERT INTO public.kyc_status_events VALUES ('99999999-9999-4999-8999-000000000001', 'cccccccc-cccc-4ccc-8ccc-000000000001', NULL, 'CREATED', 'USER', '11111111-1111-4111-8111-000000000001', 'session_started', '2026-02-01 08:30:00.123456+00');
INSERT INTO public.kyc_status_events VALUES ('99999999-9999-4999-8999-000000000002', 'cccccccc-cccc-4ccc-8ccc-000000000001', 'CREATED', 'SUBMITTED', 'USER', '11111111-1111-4111-8111-000000000001', NULL, '2026-02-01 08:30:00.123456+00');
INSERT INTO public.kyc_status_events VALUES ('99999999-9999-4999-8999-000000000003', 'cccccccc-cccc-4ccc-8ccc-000000000001', 'SUBMITTED', 'MANUAL_REVIEW', 'ADMIN', 'reviewer@example.com', 'a second look', '2026-02-01 08:30:00.123456+00');


--
-- Data for Name: roles; Type: TABLE DATA; Schema: public; Owner: app
--

INSERT INTO public.roles VALUES ('00000000-0000-0000-0000-000000000001', 'sdm', 'Old text of sdm', '2026-02-01 08:30:00.123456+00');
INSERT INTO public.roles VALUES ('00000000-0000-0000-0000-000000000002', 'lpk', 'Old text of lpk', '2026-02-01 08:30:00.123456+00');
INSERT INTO public.roles VALUES ('00000000-0000-0000-0000-000000000003', 'tsk', 'Old text of tsk', '2026-02-01 08:30:00.123456+00');
INSERT INTO public.roles VALUES ('00000000-0000-0000-0000-000000000004', 'kaisha', 'Old text of kaisha', '2026-02-01 08:30:00.123456+00');
INSERT INTO public.roles VALUES ('00000000-0000-0000-0000-000000000005', 'super_admin', 'Old text of super_admin', '2026-02-01 08:30:00.123456+00');


--
-- Data for Name: schema_migrations; Type: TABLE DATA; Schema: public; Owner: app
--

INSERT INTO public.schema_migrations VALUES ('001_auth_tables.sql', '2026-02-01 08:30:00.123456+00');
INSERT INTO public.schema_migrations VALUES ('002_kyc_tables.sql', '2026-02-01 08:30:00.123456+00');
INSERT INTO public.schema_migrations VALUES ('003_kyc_status_events.sql', '2026-02-01 08:30:00.123456+00');
INSERT INTO public.schema_migrations VALUES ('004_rbac_tables.sql', '2026-02-01 08:30:00.123456+00');
INSERT INTO public.schema_migrations VALUES ('005_kyc_provider_metadata.sql', '2026-02-01 08:30:00.123456+00');
INSERT INTO public.schema_migrations VALUES ('006_user_profile_fields.sql', '2026-02-01 08:30:00.123456+00');
INSERT INTO public.schema_migrations VALUES ('007_organizations_tables.sql', '2026-02-01 08:30:00.123456+00');
INSERT INTO public.schema_migrations VALUES ('008_jobs_feed_tables.sql', '2026-02-01 08:30:00.123456+00');
INSERT INTO public.schema_migrations VALUES ('009_jobs_feed_user_interactions.sql', '2026-02-01 08:30:00.123456+00');


--
-- Data for Name: sessions; Type: TABLE DATA; Schema: public; Owner: app
--

INSERT INTO public.sessions VALUES ('66666666-6666-4666-8666-000000000001', '11111111-1111-4111-8111-000000000001', 'a7e070fd5cbb99cdbef039ddf2a732f5bbba8a1ab1c05923316905df5d37ee86', '2099-01-01 00:00:00+00', NULL, '2026-02-01 08:30:00.123456+00');
INSERT INTO public.sessions VALUES ('66666666-6666-4666-8666-000000000002', '11111111-1111-4111-8111-000000000001', 'a306b0f2c24a4c5008c43bd62f79ba13b0dbab49042687ea1a61887437b77b08', '2099-01-01 00:00:00+00', '2026-02-01 08:30:00.123456+00', '2026-02-01 08:30:00.123456+00');
INSERT INTO public.sessions VALUES ('66666666-6666-4666-8666-000000000003', '11111111-1111-4111-8111-000000000002', '5fa7ed28aff7525fae4b77bb400902981e2adec545f46d14383b606e9bbb6f67', '2026-02-01 08:30:00.123456+00', NULL, '2026-02-01 08:30:00.123456+00');


--
-- Data for Name: user_roles; Type: TABLE DATA; Schema: public; Owner: app
--

INSERT INTO public.user_roles VALUES ('55555555-5555-4555-8555-000000000001', '11111111-1111-4111-8111-000000000001', '00000000-0000-0000-0000-000000000001', '2026-02-01 08:30:00.123456+00');
INSERT INTO public.user_roles VALUES ('55555555-5555-4555-8555-000000000002', '11111111-1111-4111-8111-000000000002', '00000000-0000-0000-0000-000000000001', '2026-02-01 08:30:00.123456+00');
INSERT INTO public.user_roles VALUES ('55555555-5555-4555-8555-000000000003', '11111111-1111-4111-8111-000000000003', '00000000-0000-0000-0000-000000000005', '2026-02-01 08:30:00.123456+00');


--
-- Data for Name: user_saved_jobs; Type: TABLE DATA; Schema: public; Owner: app
--

INSERT INTO public.user_saved_jobs VALUES ('44444444-4444-4444-8444-000000000001', '11111111-1111-4111-8111-000000000001', 'job_osaka_cnc_operator_002', '2026-02-01 08:30:00.123456+00');


--
-- PostgreSQL database dump complete
--

