#!/usr/bin/env bash
# Build and push the image, then install or upgrade both releases; `make staging-deploy` runs this.
#   k8s/deploy.sh           deploy           k8s/deploy.sh render    only print what would be applied
# SKAFFOLD_DEFAULT_REPO=registry.example.com/team   where the image is pushed
# IMAGE=registry/name@sha256:… or registry/name:tag  an image that is there already: nothing is built
# VALUES=k8s/staging/values.yaml     HELM_ARGS='-f more.yaml'     NAMESPACE=jembatan     TIMEOUT=10m     ROUTE_TIMEOUT=300
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

action="${1:-deploy}"
namespace="${NAMESPACE:-jembatan}"
values="${VALUES:-k8s/staging/values.yaml}"
read -r -a more <<<"${HELM_ARGS:-}"

if [ -n "${IMAGE:-}" ]; then
  image="$IMAGE"
elif [ "$action" = render ] && [ -f build.json ]; then
  image="$(sed -n 's/.*"tag": *"\([^"]*\)".*/\1/p' build.json | head -1)"
else
  command -v skaffold >/dev/null || { echo "skaffold is not on the PATH; or name a built image with IMAGE=" >&2; exit 1; }
  skaffold build --profile staging --module app --file-output build.json >&2
  image="$(sed -n 's/.*"tag": *"\([^"]*\)".*/\1/p' build.json | head -1)"
fi
[ -n "$image" ] || { echo "build.json names no image" >&2; exit 1; }

# name:tag@digest, name@digest or name:tag; a port in the registry's name has a slash behind it.
digest="" tag="" name="${image%%@*}"
[ "$name" = "$image" ] || digest="${image#*@}"
if [[ "${name##*/}" == *:* ]]; then
  tag="${name##*:}"
  name="${name%:*}"
fi
set_image=(--set-string "service.image.repository=$name,service.image.tag=$tag,service.image.digest=$digest")
data=(--set service.enabled=false)
app=(--set postgres.enabled=false,minio.enabled=false,prometheus.enabled=false)
common=(-n "$namespace" -f "$values" ${more[@]+"${more[@]}"})

helm dependency build helm/platform >&2
if [ "$action" = render ]; then
  helm template jembatan-data helm/platform "${common[@]}" "${data[@]}"
  echo "---"
  exec helm template jembatan helm/platform "${common[@]}" "${app[@]}" "${set_image[@]}"
fi
wait=(--wait --timeout "${TIMEOUT:-10m}" --rollback-on-failure)
helm upgrade --install jembatan-data helm/platform "${common[@]}" "${data[@]}" "${wait[@]}"
helm upgrade --install jembatan helm/platform "${common[@]}" "${app[@]}" "${set_image[@]}" "${wait[@]}" --wait-for-jobs
NAMESPACE="$namespace" k8s/wait-route.sh
echo "DEPLOYED $image"
