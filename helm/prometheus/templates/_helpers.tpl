{{- define "prometheus.environment" -}}
{{- (.Values.global | default dict).environment | default .Values.environment -}}
{{- end }}

{{/* Selectors hold only what never changes. */}}
{{- define "prometheus.selector" -}}
app.kubernetes.io/name: prometheus
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: server
{{- end }}

{{- define "prometheus.podLabels" -}}
{{ include "prometheus.selector" . }}
app.kubernetes.io/part-of: jembatan
{{- end }}

{{- define "prometheus.labels" -}}
{{ include "prometheus.podLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "prometheus.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag }}{{ end -}}
{{- end -}}
{{- end }}

{{/* Contradictions end the render with a sentence. */}}
{{- define "prometheus.check" -}}
{{- if eq .Values.image.tag "latest" -}}
{{- fail "prometheus: image.tag latest is refused; name a release" -}}
{{- end -}}
{{- if eq .Values.grafana.image.tag "latest" -}}
{{- fail "prometheus: grafana.image.tag latest is refused; name a release" -}}
{{- end -}}
{{- if and .Values.grafana.enabled (ne .Values.mode "builtin") -}}
{{- fail "prometheus: grafana.enabled needs mode builtin; an operator's own Grafana takes the dashboards of observability/dashboards" -}}
{{- end -}}
{{- end }}

{{- define "prometheus.config" -}}
global:
  scrape_interval: {{ .Values.scrapeInterval }}
  scrape_timeout: 10s
  evaluation_interval: 30s
  # The other formats cost the scraped processes three times as much and bring nothing that we use.
  scrape_protocols: [PrometheusText0.0.4]
  external_labels:
    environment: {{ include "prometheus.environment" . }}
rule_files: [/etc/prometheus/rules/*.yaml]
{{- with .Values.alertmanagers }}
alerting:
  alertmanagers:
    - static_configs:
        - targets: {{ toJson . }}
{{- end }}
scrape_configs:
  # Each pod by itself: behind a Service every scrape would meet another one.
  - job_name: jembatan
    kubernetes_sd_configs: &pods
      - role: pod
        namespaces: {names: [{{ .Release.Namespace }}]}
    relabel_configs:
      - {source_labels: [__meta_kubernetes_pod_phase], regex: Pending|Succeeded|Failed, action: drop}
      - {source_labels: [__meta_kubernetes_pod_container_port_name], regex: http-metrics, action: keep}
      - {source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_component], target_label: component}
      - {source_labels: [__meta_kubernetes_pod_name], target_label: pod}
      - {source_labels: [__meta_kubernetes_namespace], target_label: namespace}
  - job_name: minio
    metrics_path: /minio/v2/metrics/cluster
    kubernetes_sd_configs: *pods
    relabel_configs:
      - {source_labels: [__meta_kubernetes_pod_phase], regex: Pending|Succeeded|Failed, action: drop}
      - {source_labels: [__meta_kubernetes_pod_label_app_kubernetes_io_name], regex: minio, action: keep}
      - {source_labels: [__meta_kubernetes_pod_container_port_name], regex: s3, action: keep}
      - {source_labels: [__meta_kubernetes_pod_name], target_label: pod}
      - {source_labels: [__meta_kubernetes_namespace], target_label: namespace}
  - job_name: prometheus
    static_configs:
      - targets: [127.0.0.1:9090]
{{- end }}

{{/* Size limit of the samples: four fifths of the volume, in MiB. */}}
{{- define "prometheus.retentionSize" -}}
{{- $size := .Values.persistence.size -}}
{{- $number := regexReplaceAll "[A-Za-z]+$" $size "" | int -}}
{{- $mebibytes := ternary (mul $number 1024) $number (hasSuffix "Gi" $size) -}}
{{- div (mul $mebibytes 4) 5 -}}MB
{{- end }}

{{/* Grafana is a program of its own beside the server. */}}
{{- define "prometheus.grafanaSelector" -}}
app.kubernetes.io/name: grafana
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: dashboards
{{- end }}

{{- define "prometheus.grafanaPodLabels" -}}
{{ include "prometheus.grafanaSelector" . }}
app.kubernetes.io/part-of: jembatan
{{- end }}

{{- define "prometheus.grafanaLabels" -}}
{{ include "prometheus.grafanaPodLabels" . }}
app.kubernetes.io/version: {{ .Values.grafana.image.tag | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "prometheus.grafanaProvisioning" -}}
datasource.yaml: |
  apiVersion: 1
  datasources:
    - {name: Prometheus, uid: prometheus, type: prometheus, access: proxy, url: "http://prometheus:9090", isDefault: true}
dashboards.yaml: |
  apiVersion: 1
  providers:
    - {name: jembatan, type: file, allowUiUpdates: false, options: {path: /dashboards}}
{{- end }}
