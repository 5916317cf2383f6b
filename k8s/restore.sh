#!/usr/bin/env bash
# Put a dump and the documents back into the running release; `make restore` runs this. See docs/backup.md.
# FROM=postgres/….dump  another dump than the newest      CONFIRM=restore  do not ask
set -euo pipefail

namespace="${NAMESPACE:-jembatan}"
kc() { kubectl -n "$namespace" "$@"; }
# shellcheck source=k8s/require.sh
. "$(dirname "${BASH_SOURCE[0]}")/require.sh"

require "cronjob restore" "There is no CronJob restore in namespace $namespace: install with service.backup.enabled=true."
from="${FROM:-}"
if ! [[ "$from" =~ ^(postgres/[0-9TZ]+\.dump)?$ ]]; then
  echo "FROM must name a dump, as postgres/20261124T171700Z.dump." >&2
  exit 2
fi
echo "This replaces all data in namespace $namespace ($(kubectl config current-context 2>/dev/null || echo 'no context'))"
echo "by ${from:-the newest backup}. API and worker stop meanwhile."
if [ "${CONFIRM:-}" != restore ]; then
  read -r -p "Type restore to go on: " answer
  [ "$answer" = restore ] || exit 1
fi

api="$(kc get deployment api -o 'jsonpath={.spec.replicas}')"
worker="$(kc get deployment worker -o 'jsonpath={.spec.replicas}')"
start_again() { kc scale deployment api --replicas="$api" && kc scale deployment worker --replicas="$worker"; }
trap start_again EXIT

kc scale deployment api worker --replicas=0
kc wait pod -l 'app.kubernetes.io/component in (api, worker)' --for=delete --timeout=180s

job="restore-$(date -u +%Y%m%d%H%M%S)"
kc create job "$job" --from=cronjob/restore --dry-run=client -o yaml |
  awk -v from="$from" '{ print } from != "" && /^ *- \/scratch$/ { sub(/- .*/, "- --key"); print; sub(/- .*/, "- " from); print }' |
  kc create -f -
until [ -n "$(kc get job "$job" -o 'jsonpath={.status.conditions[?(@.status=="True")].type}' | grep -E 'Complete|Failed')" ]; do
  sleep 2
done
kc logs "job/$job" --all-containers --prefix --tail=50
kc get job "$job" -o 'jsonpath={.status.succeeded}' | grep -qx 1 || {
  echo "RESTORE FAILED: see above; the restoring transaction was undone or had ended before." >&2
  exit 1
}
trap - EXIT
start_again
kc rollout status deployment api --timeout=300s
kc rollout status deployment worker --timeout=300s
echo "RESTORE OK"
