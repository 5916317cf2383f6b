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
