// Walks the candidate's journey against a running server with nothing but the generated types.
// API_URL is the server's address. Each call is typed by the contract, so this file compiles only while the contract
// has what the apps need.
import { createHash, randomBytes } from "node:crypto";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Upload = components["schemas"]["Upload"];

const api = createClient<paths>({ baseUrl: process.env["API_URL"] ?? "http://localhost:4000" });
let token: string | undefined;
let steps = 0;

api.use({
  onRequest({ request }) {
    if (token !== undefined) request.headers.set("authorization", `Bearer ${token}`);
    return request;
  },
});

async function good<T>(
  name: string,
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw new Error(`${name}: ${response.status} ${JSON.stringify(error)}`);
  steps += 1;
  return data as T;
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

async function put(upload: Upload, file: Buffer): Promise<void> {
  const answer = await fetch(upload.uploadUrl, { method: upload.method, headers: upload.headers, body: new Uint8Array(file) });
  if (!answer.ok) throw new Error(`upload: ${answer.status} ${await answer.text()}`);
  steps += 1;
}

function sha256(file: Buffer): string {
  return createHash("sha256").update(file).digest("hex");
}

const email = `journey-${randomBytes(6).toString("hex")}@example.com`;
const password = randomBytes(18).toString("base64url");

// --- Account -------------------------------------------------------------------
const registered = await good(
  "register",
  api.POST("/auth/register", { body: { fullName: "Contoh Perjalanan", email, password } }),
);
const code = registered.emailVerification.developmentCode;
expect(typeof code === "string", "register: the code is not shown in dev");
const verified = await good(
  "verify e-mail",
  api.POST("/auth/email-verification/verify", { body: { email, code: code ?? "" } }),
);
expect(verified.verified && !verified.alreadyVerified, "verify e-mail: not verified by this call");
const signedIn = await good("log in", api.POST("/auth/login", { body: { email, password } }));
const renewed = await good(
  "refresh",
  api.POST("/auth/refresh", { body: { refreshToken: signedIn.refreshToken } }),
);
token = renewed.accessToken;
const me = await good("me", api.GET("/auth/me"));
expect(me.user.email === email && me.user.emailVerified, "me: somebody else, or not verified");

// --- Jobs ----------------------------------------------------------------------
const jobs = await good("jobs", api.GET("/jobs", { params: { query: { limit: 5 } } }));
const job = jobs.items[0];
if (job === undefined) throw new Error("jobs: none");
expect(jobs.pageInfo.cursor === "0" && jobs.pageInfo.limit === 5, "jobs: not the first five");
const page = await good(
  "next page",
  api.GET("/jobs", { params: { query: { limit: 5, cursor: Number(jobs.pageInfo.nextCursor) } } }),
);
expect(page.items[0]?.id !== job.id, "next page: the same jobs");
const path = { jobId: job.id };
const detail = await good("job", api.GET("/jobs/{jobId}", { params: { path } }));
expect(detail.job.requirements.length > 0 && detail.viewerState.canApply, "job: no requirements, or closed");
const saved = await good("save job", api.POST("/users/me/saved-jobs", { body: { jobId: job.id } }));
expect(saved.saved && saved.created, "save job: not saved");
const savedJobs = await good("saved jobs", api.GET("/users/me/saved-jobs"));
expect(savedJobs.items.some((item) => item.id === job.id && item.viewerState.saved), "saved jobs: not there");
await good("unsave job", api.DELETE("/users/me/saved-jobs/{jobId}", { params: { path } }));

// --- Application ----------------------------------------------------------------
const applied = await good(
  "apply",
  api.POST("/jobs/{jobId}/applications", { params: { path }, body: { note: "I can start in April." } }),
);
expect(applied.created && applied.application.jobId === job.id, "apply: not created");
const again = await good("apply again", api.POST("/jobs/{jobId}/applications", { params: { path } }));
expect(!again.created && again.application.id === applied.application.id, "apply again: another application");
const mine = await good("applications", api.GET("/users/me/applications"));
expect(mine.items[0]?.id === applied.application.id, "applications: not there");
const own = { applicationId: applied.application.id };
const journey = await good(
  "journey",
  api.GET("/users/me/applications/{applicationId}/journey", { params: { path: own } }),
);
expect(journey.journey.length > 0, "journey: no step");
const cv = Buffer.from(`%PDF-1.4\n% ${email}\n%%EOF\n`);
const described = {
  documentType: "CV",
  fileName: "cv.pdf",
  contentType: "application/pdf",
  contentLength: cv.length,
  checksumSha256: sha256(cv),
};
const cvUpload = await good(
  "upload address of a CV",
  api.POST("/users/me/applications/{applicationId}/documents/upload-url", { params: { path: own }, body: described }),
);
await put(cvUpload.upload, cv);
const added = await good(
  "register the CV",
  api.POST("/users/me/applications/{applicationId}/documents", {
    params: { path: own },
    body: { ...described, objectKey: cvUpload.upload.objectKey },
  }),
);
expect(added.document.contentLength === cv.length && added.document.reviewStatus === "PENDING", "CV: wrong");
const documents = await good(
  "documents",
  api.GET("/users/me/applications/{applicationId}/documents", { params: { path: own } }),
);
expect(documents.total === 1, "documents: not one");

// --- Feed and profile ----------------------------------------------------------
const feed = await good("feed", api.GET("/feed/posts"));
const post = feed.items[0];
if (post === undefined) throw new Error("feed: no post");
expect(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(post.publishedAt), "feed: publishedAt is not in whole seconds");
const kept = await good("save post", api.POST("/users/me/saved-posts", { body: { postId: post.id } }));
expect(kept.saved && kept.postId === post.id, "save post: not saved");
await good("saved posts", api.GET("/users/me/saved-posts"));
const dropped = await good(
  "unsave post",
  api.DELETE("/users/me/saved-posts/{postId}", { params: { path: { postId: post.id } } }),
);
expect(!dropped.saved && dropped.removed, "unsave post: still saved");
await good("profile", api.GET("/users/me/profile"));
const changed = await good(
  "change profile",
  api.PATCH("/users/me/profile", { body: { fullName: "Contoh Perjalanan Baru" } }),
);
expect(changed.profile.fullName === "Contoh Perjalanan Baru", "change profile: the old name");

// --- Identity ------------------------------------------------------------------
const before = await good("status before", api.GET("/identity/kyc/status"));
expect(before.status === "NOT_STARTED" && before.session === null, "status: already started");
const session = await good("start", api.POST("/identity/kyc/sessions", { body: { provider: "manual" } }));
const sessionId = session.session.id;
for (const documentType of ["PASSPORT", "SELFIE"]) {
  const image = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), randomBytes(64)]);
  const file = { documentType, checksumSha256: sha256(image), sessionId };
  const address = await good(
    `upload address of ${documentType}`,
    api.POST("/identity/kyc/upload-url", {
      body: { ...file, fileName: "scan.png", contentType: "image/png", contentLength: image.length },
    }),
  );
  await put(address.upload, image);
  const identity = await good(
    `register ${documentType}`,
    api.POST("/identity/kyc/documents", { body: { ...file, objectKey: address.upload.objectKey, metadata: {} } }),
  );
  expect(identity.document.kycSessionId === sessionId, `${documentType}: another session`);
}
const submitted = await good(
  "submit",
  api.POST("/identity/kyc/sessions/{sessionId}/submit", { params: { path: { sessionId } } }),
);
expect(submitted.session.status === "SUBMITTED", "submit: not submitted");
const history = await good("history", api.GET("/identity/kyc/history"));
expect(history.events.length > 0, "history: no event");
const checklist = await good("verification documents", api.GET("/users/me/verification-documents"));
expect(checklist.summary.uploadedRequired > 0, "verification documents: none uploaded");
await good("final request", api.POST("/users/me/verification/final-request", { body: { source: "JOURNEY" } }));
const trust = await good("trust profile", api.GET("/trust/profile"));
expect(trust.profile.verification.documentsUploaded === 2, "trust profile: not two documents");

// --- Refusals are typed too ------------------------------------------------------
const missing = await api.GET("/jobs/{jobId}", { params: { path: { jobId: "no-such-job" } } });
expect(missing.response.status === 404 && missing.error?.error.code === "job_not_found", "missing job: not refused");

// --- Farewell ------------------------------------------------------------------
await good("log out", api.POST("/auth/logout", { body: { refreshToken: renewed.refreshToken } }));
const refused = await api.POST("/auth/refresh", { body: { refreshToken: renewed.refreshToken } });
expect(refused.response.status === 401, "refresh after logout: not refused");

console.log(`JOURNEY OK ${steps} calls`);
