{{- define "service.environment" -}}
{{- (.Values.global | default dict).environment | default .Values.environment -}}
{{- end }}

{{/* Contradictions end the render with a sentence. */}}
{{- define "service.check" -}}
{{- $environment := include "service.environment" . -}}
{{- if and .Values.devCredentials (ne $environment "dev") -}}
{{- fail (printf "service: devCredentials is only for environment dev, not %s; make the Secret %q yourself" $environment .Values.existingSecret) -}}
{{- end -}}
{{- if and .Values.dev.reload (ne $environment "dev") -}}
{{- fail (printf "service: dev.reload is only for environment dev, not %s" $environment) -}}
{{- end -}}
{{- if and .Values.seed.enabled (eq $environment "production") -}}
{{- fail "service: seed.enabled is refused in production" -}}
{{- end -}}
{{- $secrets := regexFindAll "(?m)^[A-Z][A-Z0-9_]*" (.Files.Get "files/secret-variables.txt") -1 -}}
{{- $fixed := list "ENVIRONMENT" "API_PORT" "PORT" "METRICS_PORT" "DECODER_URL" "OBJECT_STORAGE_ENDPOINT" "OBJECT_STORAGE_PUBLIC_ENDPOINT" "OBJECT_STORAGE_REGION" "OBJECT_STORAGE_BUCKET" "OBJECT_STORAGE_APP_PRINCIPAL" "BACKUP_S3_ENDPOINT" "BACKUP_S3_REGION" "BACKUP_S3_BUCKET" "BACKUP_KEEP_DAYS" -}}
{{- range $name, $_ := .Values.config -}}
{{- if has $name $secrets -}}
{{- fail (printf "service: config.%s is a secret; put it into the Secret %q" $name $.Values.existingSecret) -}}
{{- end -}}
{{- if has $name $fixed -}}
{{- fail (printf "service: config.%s is set by the chart from its own value" $name) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) -}}
{{- fail "service: autoscaling.minReplicas is above autoscaling.maxReplicas" -}}
{{- end -}}
{{- if ge (int .Values.preStopSleepSeconds) (int .Values.terminationGracePeriodSeconds) -}}
{{- fail "service: preStopSleepSeconds must be below terminationGracePeriodSeconds" -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}
{{- fail "service: httpRoute.parentRefs must name a Gateway" -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) -}}
{{- fail "service: ingress.host must be set" -}}
{{- end -}}
{{- if and .Values.backup.enabled (not .Values.backup.endpoint) -}}
{{- fail "service: backup.endpoint must be set" -}}
{{- end -}}
{{- if and .Values.backup.enabled (eq .Values.backup.endpoint .Values.objectStorage.endpoint) (eq .Values.backup.bucket .Values.objectStorage.bucket) -}}
{{- fail "service: backup.bucket is the bucket of the documents" -}}
{{- end -}}
{{- if eq .Values.backup.image.tag "latest" -}}
{{- fail "service: backup.image.tag latest is refused; name a release" -}}
{{- end -}}
{{- if eq .Values.image.tag "latest" -}}
{{- fail "service: image.tag latest is refused; name a release" -}}
{{- end -}}
{{- end }}

{{- define "service.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end -}}
{{- end -}}
{{- end }}

{{/* Selectors hold only what never changes. Call with (list . "component"). */}}
{{- define "service.selector" -}}
app.kubernetes.io/name: service
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "service.podLabels" -}}
{{ include "service.selector" . }}
app.kubernetes.io/part-of: jembatan
{{- end }}

{{- define "service.labels" -}}
{{ include "service.podLabels" . }}
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
helm.sh/chart: {{ (index . 0).Chart.Name }}-{{ (index . 0).Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "service.configData" -}}
ENVIRONMENT: {{ include "service.environment" . | quote }}
API_PORT: "4000"
METRICS_PORT: "9100"
{{- if .Values.decoder.enabled }}
DECODER_URL: http://decoder:4100
{{- end }}
OBJECT_STORAGE_ENDPOINT: {{ .Values.objectStorage.endpoint | quote }}
{{- with .Values.objectStorage.publicEndpoint }}
OBJECT_STORAGE_PUBLIC_ENDPOINT: {{ . | quote }}
{{- end }}
{{- with include "service.publicBaseUrl" . }}
PUBLIC_BASE_URL: {{ . | quote }}
{{- end }}
OBJECT_STORAGE_REGION: {{ .Values.objectStorage.region | quote }}
OBJECT_STORAGE_BUCKET: {{ .Values.objectStorage.bucket | quote }}
{{- range $name, $value := .Values.config }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{/* The public host, unless `config` says otherwise. A route's TLS ends at its gateway. */}}
{{- define "service.publicBaseUrl" -}}
{{- $environment := include "service.environment" . -}}
{{- if hasKey .Values.config "PUBLIC_BASE_URL" -}}
{{- else if and .Values.httpRoute.enabled .Values.httpRoute.hostnames (ne $environment "dev") (not (hasPrefix "*" (first .Values.httpRoute.hostnames))) -}}
https://{{ first .Values.httpRoute.hostnames }}
{{- else if and .Values.ingress.enabled .Values.ingress.tlsSecretName -}}
https://{{ .Values.ingress.host }}
{{- end -}}
{{- end }}

{{- define "service.podAnnotations" -}}
checksum/config: {{ include "service.configData" . | sha256sum }}
{{- if .Values.devCredentials }}
checksum/dev-credentials: {{ include "service.devCredentials" . | sha256sum }}
{{- end }}
{{- end }}

{{- define "service.devCredentials" -}}
AUTH_TOKEN_KEYS: "dev:not-a-secret-only-for-a-developers-machine"
AUDIT_KEYS: "dev:not-a-secret-only-for-a-developers-machine-either"
ADMIN_API_KEY: "dev-admin-key"
KYC_PROVIDER_WEBHOOK_SECRET: "dev-webhook-secret"
{{- end }}

{{/*
Call with (list . "uri key" "access key's key" "secret key's key"), and for a Job that changes the schema or reads all of it
(list … "VARIABLE" "uri key") behind. A key that the Secret lacks is left out: then one role does everything.
*/}}
{{- define "service.env" -}}
{{- $root := index . 0 -}}
envFrom:
  - configMapRef: {name: api-env}
  - secretRef: {name: {{ $root.Values.existingSecret }}}
env:
  - name: DATABASE_URL
    valueFrom: {secretKeyRef: {name: {{ $root.Values.database.existingSecret }}, key: {{ index . 1 }}}}
  {{- if gt (len .) 4 }}
  {{- range (index . 4) }}
  - name: {{ .name }}
    valueFrom: {secretKeyRef: {name: {{ $root.Values.database.existingSecret }}, key: {{ .key }}, optional: true}}
  {{- end }}
  {{- end }}
  - name: OBJECT_STORAGE_ACCESS_KEY_ID
    valueFrom: {secretKeyRef: {name: {{ $root.Values.objectStorage.existingSecret }}, key: {{ index . 2 }}}}
  - name: OBJECT_STORAGE_SECRET_ACCESS_KEY
    valueFrom: {secretKeyRef: {name: {{ $root.Values.objectStorage.existingSecret }}, key: {{ index . 3 }}}}
{{- end }}

{{- define "service.ownerUrl" -}}
{name: DATABASE_OWNER_URL, key: {{ .Values.database.ownerUriKey }}}
{{- end }}

{{- define "service.reportingUrl" -}}
{name: DATABASE_REPORTING_URL, key: {{ .Values.database.reportingUriKey }}}
{{- end }}

{{- define "service.appEnv" -}}
{{ include "service.env" (list . .Values.database.uriKey .Values.objectStorage.accessKeyKey .Values.objectStorage.secretKeyKey) }}
{{- end }}

{{- define "service.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "service.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: {{ not .Values.dev.reload }}
capabilities: {drop: [ALL]}
{{- end }}

{{/* What every pod has in common. No service links: the variable API_PORT of a Service named api would be taken for ours. */}}
{{- define "service.podCommon" -}}
serviceAccountName: jembatan
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- include "service.podSecurity" . | nindent 2 }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
volumes:
  - name: tmp
    emptyDir: {sizeLimit: 64Mi}
{{- end }}

{{- define "service.containerCommon" -}}
image: {{ include "service.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- include "service.containerSecurity" . | nindent 2 }}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
{{- end }}

{{- define "service.waitForMigrations" -}}
- name: wait-for-migrations
  {{- include "service.containerCommon" . | nindent 2 }}
  args: [db, wait, --head]
  {{- include "service.appEnv" . | nindent 2 }}
  resources:
    {{- toYaml .Values.jobs.resources | nindent 4 }}
{{- end }}

{{/*
A plain Job whose name carries a hash of its pod template: a Job cannot be changed, and the same
values must not run it again. Call with (dict "root" . "component" … "container" …  "wait" bool).
*/}}
{{- define "service.job" -}}
{{- $root := .root -}}
{{- $template := include "service.jobTemplate" . -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .component }}-{{ sha256sum $template | trunc 10 }}
  labels:
    {{- include "service.labels" (list $root .component) | nindent 4 }}
spec:
  backoffLimit: {{ $root.Values.jobs.backoffLimit }}
  activeDeadlineSeconds: {{ $root.Values.jobs.activeDeadlineSeconds }}
  ttlSecondsAfterFinished: {{ $root.Values.jobs.ttlSecondsAfterFinished }}
  template:
    {{- $template | nindent 4 }}
{{- end }}

{{- define "service.jobTemplate" -}}
{{- $root := .root -}}
metadata:
  labels:
    {{- include "service.podLabels" (list $root .component) | nindent 4 }}
  annotations:
    {{- include "service.podAnnotations" $root | nindent 4 }}
spec:
  restartPolicy: OnFailure
  terminationGracePeriodSeconds: 30
  {{- include "service.podCommon" $root | nindent 2 }}
  {{- if .wait }}
  initContainers:
    {{- include "service.waitForMigrations" $root | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ .component }}
      {{- include "service.containerCommon" $root | nindent 6 }}
      args: {{ toJson .args }}
      {{- .env | nindent 6 }}
      resources:
        {{- toYaml $root.Values.jobs.resources | nindent 8 }}
{{- end }}

{{/* Peers that may call the API: the pods of the gateway's namespaces, and networks. */}}
{{- define "service.gatewayPeers" -}}
{{- range .gatewayNamespaces }}
- namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: {{ . }}}}
{{- end }}
{{- range .gatewayCIDRs }}
- ipBlock: {cidr: {{ . }}}
{{- end }}
{{- end }}

{{- define "service.metricsPeers" -}}
- podSelector: {matchLabels: {app.kubernetes.io/part-of: jembatan, app.kubernetes.io/name: prometheus}}
{{- range .monitoringNamespaces }}
- namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: {{ . }}}}
{{- end }}
{{- end }}

{{/* What the Jobs of the backups know beside the application's own environment. */}}
{{- define "service.backupEnv" -}}
{{ include "service.env" (list . (.Values.database.migrationUriKey | default .Values.database.uriKey) .Values.objectStorage.accessKeyKey .Values.objectStorage.secretKeyKey (list (include "service.ownerUrl" . | fromYaml) (include "service.reportingUrl" . | fromYaml))) }}
  - {name: BACKUP_S3_ENDPOINT, value: {{ .Values.backup.endpoint | quote }}}
  - {name: BACKUP_S3_REGION, value: {{ .Values.backup.region | quote }}}
  - {name: BACKUP_S3_BUCKET, value: {{ .Values.backup.bucket | quote }}}
  - {name: BACKUP_KEEP_DAYS, value: {{ .Values.backup.keepDays | quote }}}
  - name: BACKUP_S3_ACCESS_KEY_ID
    valueFrom: {secretKeyRef: {name: {{ .Values.backup.existingSecret }}, key: access-key}}
  - name: BACKUP_S3_SECRET_ACCESS_KEY
    valueFrom: {secretKeyRef: {name: {{ .Values.backup.existingSecret }}, key: secret-key}}
{{- end }}

{{/* The product's own role, for Postgres' programs: as variables, never as arguments, which everybody there can read. */}}
{{- define "service.postgresEnv" -}}
env:
  {{- range $variable, $key := dict "PGUSER" "username" "PGPASSWORD" "password" "PGHOST" "host" "PGPORT" "port" "PGDATABASE" "dbname" }}
  - name: {{ $variable }}
    valueFrom: {secretKeyRef: {name: {{ $.Values.database.existingSecret }}, key: {{ $key }}}}
  {{- end }}
  - {name: PGCONNECT_TIMEOUT, value: "20"}
{{- end }}

{{- define "service.backupPostgres" -}}
{{- with .Values.backup.image -}}
image: {{ if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag }}{{ end }}
{{- end }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  # The image's own user; initdb refuses one that it cannot look up.
  runAsUser: 999
  runAsGroup: 999
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{- define "service.backupVolumes" -}}
- name: scratch
  emptyDir: {sizeLimit: {{ .Values.backup.scratchSize }}}
- name: scripts
  configMap: {name: backup-scripts}
{{- end }}

{{- define "service.backupMounts" -}}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
  - {name: scratch, mountPath: /scratch}
  - {name: scripts, mountPath: /scripts, readOnly: true}
{{- end }}

{{/* One of our own containers with the scratch volume. Call with (dict "root" . "name" … "args" …). */}}
{{- define "service.backupContainer" -}}
- name: {{ .name }}
  {{- include "service.containerCommon" .root | nindent 2 }}
    - {name: scratch, mountPath: /scratch}
  args: {{ toJson .args }}
  {{- include "service.backupEnv" .root | nindent 2 }}
  resources:
    {{- toYaml .root.Values.jobs.resources | nindent 4 }}
{{- end }}

{{/* Head of a CronJob up to the pod's spec. Call with (dict "root" . "component" … "schedule" … "suspend" bool). */}}
{{- define "service.cronJob" -}}
{{- $root := .root -}}
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {{ .component }}
  labels:
    {{- include "service.labels" (list $root .component) | nindent 4 }}
spec:
  schedule: {{ .schedule | quote }}
  suspend: {{ .suspend }}
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 3600
  successfulJobsHistoryLimit: 3
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      backoffLimit: {{ ternary 0 2 .suspend }}
      activeDeadlineSeconds: 7200
      ttlSecondsAfterFinished: 604800
      template:
        metadata:
          labels:
            {{- include "service.podLabels" (list $root .component) | nindent 12 }}
        spec:
          restartPolicy: Never
          terminationGracePeriodSeconds: 30
          {{- include "service.podCommon" $root | nindent 10 }}
{{- end }}

{{/* The product's key, which the bootstrap examines. */}}
{{- define "service.bootstrapEnv" -}}
{{- with .Values.objectStorage }}
  - name: OBJECT_STORAGE_APP_ACCESS_KEY_ID
    valueFrom: {secretKeyRef: {name: {{ .existingSecret }}, key: {{ .accessKeyKey }}}}
  - name: OBJECT_STORAGE_APP_SECRET_ACCESS_KEY
    valueFrom: {secretKeyRef: {name: {{ .existingSecret }}, key: {{ .secretKeyKey }}}}
  - {name: OBJECT_STORAGE_APP_PRINCIPAL, value: {{ .bootstrap.appPrincipal | quote }}}
{{- end }}
{{- end }}
