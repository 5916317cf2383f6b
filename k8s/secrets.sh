#!/usr/bin/env bash
# Make the Secrets of a shared cluster that are missing, once; what is there stays. `make secrets` runs this.
# SMTP_URL=smtp://user:password@host:587          goes into jembatan-api
# BACKUP_ACCESS_KEY=… BACKUP_SECRET_KEY=…         make jembatan-backup
# DATABASE_URL=postgresql://user:password@host:port/name   and
# S3_ACCESS_KEY=… S3_SECRET_KEY=… [S3_ADMIN_ACCESS_KEY=… S3_ADMIN_SECRET_KEY=…]   for servers elsewhere
set -euo pipefail

namespace="${NAMESPACE:-jembatan}"
kc() { kubectl -n "$namespace" "$@"; }
# shellcheck source=k8s/require.sh
. "$(dirname "${BASH_SOURCE[0]}")/require.sh"
# Letters and digits alone: these stand in URLs.
random() { LC_ALL=C tr -dc 'A-Za-z0-9' < <(head -c 4096 /dev/urandom) | head -c "$1"; }

# By a file that only we can read: arguments are seen by everybody on the machine.
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
chmod 700 "$folder"

make_secret() { # NAME, then KEY=VALUE lines on standard input
  if kc get secret "$1" >/dev/null 2>&1; then
    echo "$1 is there"
    cat >/dev/null
    return
  fi
  cat >"$folder/env"
  kc create secret generic "$1" --from-env-file="$folder/env" >/dev/null
  echo "$1 made with: $(sed 's/=.*//' "$folder/env" | tr '\n' ' ')"
}

require "namespace $namespace" "There is no namespace $namespace: kubectl apply -f k8s/staging/namespace.yaml"
year="$(date -u +%Y%m%d)"
{
  # Whose each secret is stands in service/base/settings.py; ours are made here.
  while read -r name kind; do
    case "$kind" in
      ring) echo "$name=k$year:$(random 48)" ;;
      key) echo "$name=$(random 48)" ;;
    esac
  done <"$(dirname "${BASH_SOURCE[0]}")/../helm/service/files/secret-variables.txt"
  echo "SEED_STAGING_PASSWORD=$(random 24)"
  [ -z "${SMTP_URL:-}" ] || echo "SMTP_URL=$SMTP_URL"
} | make_secret jembatan-api

if [ -n "${DATABASE_URL:-}" ]; then
  [[ "$DATABASE_URL" =~ ^postgres(ql)?://([^:/@]+):([^@]*)@([^:/@]+)(:([0-9]+))?/([^?]+) ]] || {
    echo "DATABASE_URL must have the form postgresql://user:password@host:port/name" >&2
    exit 2
  }
  {
    echo "username=${BASH_REMATCH[2]}"
    echo "password=${BASH_REMATCH[3]}"
    echo "host=${BASH_REMATCH[4]}"
    echo "port=${BASH_REMATCH[6]:-5432}"
    echo "dbname=${BASH_REMATCH[7]}"
    echo "uri=$DATABASE_URL"
  } | make_secret jembatan-postgres
else
  password="$(random 40)"
  {
    echo "username=jembatan"
    echo "password=$password"
    echo "host=postgres"
    echo "port=5432"
    echo "dbname=jembatan"
    echo "uri=postgresql://jembatan:$password@postgres:5432/jembatan"
    echo "superuser-password=$(random 40)"
  } | make_secret jembatan-postgres
fi

root_user="${S3_ADMIN_ACCESS_KEY:-${S3_ACCESS_KEY:-$(random 20)}}"
root_password="${S3_ADMIN_SECRET_KEY:-${S3_SECRET_KEY:-$(random 40)}}"
{
  echo "root-user=$root_user"
  echo "root-password=$root_password"
  # The bundled store knows only its root user at first; docs/object-store.md says how the product gets a key of its own.
  echo "access-key=${S3_ACCESS_KEY:-$root_user}"
  echo "secret-key=${S3_SECRET_KEY:-$root_password}"
} | make_secret jembatan-object-store

if [ -n "${BACKUP_ACCESS_KEY:-}" ]; then
  printf 'access-key=%s\nsecret-key=%s\n' "$BACKUP_ACCESS_KEY" "${BACKUP_SECRET_KEY:?must be set too}" | make_secret jembatan-backup
elif ! kc get secret jembatan-backup >/dev/null 2>&1; then
  echo "jembatan-backup is missing: backups need it (BACKUP_ACCESS_KEY=… BACKUP_SECRET_KEY=… make secrets)"
fi
