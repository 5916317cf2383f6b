{{- define "postgres.environment" -}}
{{- (.Values.global | default dict).environment | default .Values.environment -}}
{{- end }}

{{/* Selectors hold only what never changes. */}}
{{- define "postgres.selector" -}}
app.kubernetes.io/name: postgres
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: server
{{- end }}

{{- define "postgres.podLabels" -}}
{{ include "postgres.selector" . }}
app.kubernetes.io/part-of: jembatan
{{- end }}

{{- define "postgres.rolesPodLabels" -}}
app.kubernetes.io/name: postgres
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: roles
app.kubernetes.io/part-of: jembatan
{{- end }}

{{- define "postgres.rolesJob" -}}
metadata:
  labels:
    {{- include "postgres.rolesPodLabels" . | nindent 4 }}
spec:
  restartPolicy: OnFailure
  serviceAccountName: postgres
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 999
    runAsGroup: 999
    seccompProfile: {type: RuntimeDefault}
  containers:
    - name: roles
      image: {{ include "postgres.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      command:
        - bash
        - -c
        - |
          set -euo pipefail
          for _ in {1..60}; do pg_isready -q -t 2 -h postgres && break; sleep 2; done
          . /scripts/20-roles.sh
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
      env:
        - {name: POSTGRES_USER, value: postgres}
        - {name: PGHOST, value: postgres}
        - name: PGPASSWORD
          valueFrom: {secretKeyRef: {name: {{ .Values.existingSecret }}, key: superuser-password}}
        - name: POSTGRES_DB
          valueFrom: {secretKeyRef: {name: {{ .Values.existingSecret }}, key: dbname}}
        - name: APP_USERNAME
          valueFrom: {secretKeyRef: {name: {{ .Values.existingSecret }}, key: username}}
        {{- include "postgres.roleEnv" . | nindent 8 }}
      resources:
        requests: {cpu: 10m, memory: 32Mi}
        limits: {cpu: 500m, memory: 128Mi}
      volumeMounts:
        - {name: scripts, mountPath: /scripts, readOnly: true}
        - {name: tmp, mountPath: /tmp}
  volumes:
    - name: scripts
      configMap: {name: postgres-init}
    - name: tmp
      emptyDir: {sizeLimit: 16Mi}
{{- end }}

{{- define "postgres.labels" -}}
{{ include "postgres.podLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "postgres.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag }}{{ end -}}
{{- end -}}
{{- end }}

{{/* The app's and reporting's roles; a Secret without them means one role for all. */}}
{{- define "postgres.roleEnv" -}}
{{- range $variable, $key := dict "APP_ROLE" "app-username" "APP_ROLE_PASSWORD" "app-password" "REPORTING_ROLE" "reporting-username" "REPORTING_ROLE_PASSWORD" "reporting-password" }}
- name: {{ $variable }}
  valueFrom: {secretKeyRef: {name: {{ $.Values.existingSecret }}, key: {{ $key }}, optional: true}}
{{- end }}
{{- end }}

{{/* Contradictions end the render with a sentence. */}}
{{- define "postgres.check" -}}
{{- $environment := include "postgres.environment" . -}}
{{- if and .Values.devCredentials (ne $environment "dev") -}}
{{- fail (printf "postgres: devCredentials is only for environment dev, not %s; make the Secret %q yourself" $environment .Values.existingSecret) -}}
{{- end -}}
{{- if eq .Values.image.tag "latest" -}}
{{- fail "postgres: image.tag latest is refused; name a release" -}}
{{- end -}}
{{- end }}
