# Read by the other scripts: is a part of the cluster there, and if not, is it the part or the cluster that is missing?

# "KIND NAME" and the sentence for when it is missing. Ends the script unless it is there.
require() {
  local words answer
  command -v kubectl >/dev/null || { echo "kubectl is not on the PATH." >&2; exit 1; }
  # One question without discovery: kubectl asks five times before it says that nobody answers.
  if ! answer="$(kubectl get --raw /version --request-timeout=5s 2>&1)"; then
    echo "The cluster of ${KUBECONFIG:-~/.kube/config} cannot be reached: $(tail -n 1 <<<"$answer")" >&2
    exit 1
  fi
  read -r -a words <<<"$1"
  if ! answer="$(kubectl -n "$namespace" get "${words[@]}" --request-timeout=10s 2>&1 >/dev/null)"; then
    if [[ "$answer" == *"(NotFound)"* ]]; then
      echo "$2" >&2
    else
      echo "The cluster did not say whether there is a $1: $(tail -n 1 <<<"$answer")" >&2
    fi
    exit 1
  fi
}
