#!/usr/bin/env bash
# Wait until the gateways have taken the releases' routes; k8s/deploy.sh and the end-to-end tests run this.
# A pod that is ready says nothing of the route to it: until then the gateway answers 404 of its own.
# NAMESPACE=jembatan     ROUTE_TIMEOUT=300 (seconds)
set -euo pipefail

namespace="${NAMESPACE:-jembatan}"
deadline=$((SECONDS + ${ROUTE_TIMEOUT:-300}))

# A line a route: name, generation, number of parents. A line a parent: gateway. A line a parent that has accepted.
template='{{range .items}}{{$name := .metadata.name}}route {{$name}} {{.metadata.generation}} {{len .spec.parentRefs}}
{{range .spec.parentRefs}}gateway {{$name}} {{.name}} {{if .namespace}}{{.namespace}}{{else}}-{{end}}
{{end}}{{with .status}}{{range .parents}}{{range .conditions}}{{if eq .type "Accepted"}}accepted {{$name}} {{with .observedGeneration}}{{.}}{{else}}-{{end}} {{.status}} {{.reason}}
{{end}}{{end}}{{end}}{{end}}{{end}}'
problem="$(mktemp)"
trap 'rm -f "$problem"' EXIT
found=""
read_routes() {
  found="$(kubectl -n "$namespace" get httproutes.gateway.networking.k8s.io \
    -l app.kubernetes.io/part-of=jembatan -o go-template="$template" 2>"$problem")" || {
    # A cluster with an Ingress instead has no such kind.
    grep -q "have a resource type" "$problem" && found="" && return
    cat "$problem" >&2
    exit 1
  }
}
# Names of routes that a gateway has not taken, or only in an older form; with the reason where there is one.
waiting() {
  awk '$1 == "route" { generation[$2] = $3; wanted[$2] = $4 }
    $1 == "accepted" && $4 == "True" && ($3 == "-" || $3 >= generation[$2]) { taken[$2]++ }
    $1 == "accepted" && $4 != "True" { reason[$2] = " (" $5 ")" }
    END { for (name in wanted) if (taken[name] < wanted[name]) print name reason[name] }' <<<"$found" | sort
}

read_routes
[ -n "$found" ] || { echo "No routes to wait for."; exit 0; }
while [ -n "$(waiting)" ]; do
  if [ "$SECONDS" -ge "$deadline" ]; then
    echo "No gateway has taken these routes after ${ROUTE_TIMEOUT:-300} s: $(waiting | paste -sd, -)" >&2
    exit 1
  fi
  sleep 1
  read_routes
done
awk '$1 == "gateway" { print $3, $4 }' <<<"$found" | sort -u | while read -r gateway place; do
  [ "$place" != - ] || place="$namespace"
  left=$((deadline - SECONDS))
  kubectl -n "$place" wait "gateways.gateway.networking.k8s.io/$gateway" --for=condition=Programmed \
    --timeout="$((left > 1 ? left : 1))s"
done
