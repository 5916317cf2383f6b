{{- define "minio.environment" -}}
{{- (.Values.global | default dict).environment | default .Values.environment -}}
{{- end }}

{{/* Selectors hold only what never changes. */}}
{{- define "minio.selector" -}}
app.kubernetes.io/name: minio
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: server
{{- end }}

{{- define "minio.podLabels" -}}
{{ include "minio.selector" . }}
app.kubernetes.io/part-of: jembatan
{{- end }}

{{- define "minio.labels" -}}
{{ include "minio.podLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "minio.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag }}{{ end -}}
{{- end -}}
{{- end }}

{{/* Contradictions end the render with a sentence. */}}
{{- define "minio.check" -}}
{{- $environment := include "minio.environment" . -}}
{{- if and .Values.devCredentials (ne $environment "dev") -}}
{{- fail (printf "minio: devCredentials is only for environment dev, not %s; make the Secret %q yourself" $environment .Values.existingSecret) -}}
{{- end -}}
{{- if eq .Values.image.tag "latest" -}}
{{- fail "minio: image.tag latest is refused; name a release" -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}
{{- fail "minio: httpRoute.parentRefs must name a Gateway" -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) -}}
{{- fail "minio: ingress.host must be set" -}}
{{- end -}}
{{- end }}
