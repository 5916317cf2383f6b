#!/usr/bin/env bash
# Make the Secrets of a shared cluster that are missing, once; what is there stays. `make secrets` runs this.
# SMTP_URL=smtp://user:password@host:587          goes into jembatan-api
# BACKUP_ACCESS_KEY=… BACKUP_SECRET_KEY=…         make jembatan-backup
# DATABASE_OWNER_URL=postgresql://owner:password@host:port/name   DATABASE_URL=… DATABASE_REPORTING_URL=… of the same
#   database as the app's and reporting's roles (each unset: the owner's; then one role can do everything)   and
# DATABASE_ROLES=split                            gives a Secret of one role for all, from before, the three
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

owner_url="${DATABASE_OWNER_URL:-${DATABASE_URL:-}}"
if [ -n "$owner_url" ]; then
  [[ "$owner_url" =~ ^postgres(ql)?://([^:/@]+):([^@]*)@([^:/@]+)(:([0-9]+))?/([^?]+) ]] || {
    name=DATABASE_URL
    [ -z "${DATABASE_OWNER_URL:-}" ] || name=DATABASE_OWNER_URL
    echo "$name must have the form postgresql://user:password@host:port/name" >&2
    exit 2
  }
  {
    echo "username=${BASH_REMATCH[2]}"
    echo "password=${BASH_REMATCH[3]}"
    echo "host=${BASH_REMATCH[4]}"
    echo "port=${BASH_REMATCH[6]:-5432}"
    echo "dbname=${BASH_REMATCH[7]}"
    echo "uri=${DATABASE_URL:-$owner_url}"
    [ -z "${DATABASE_OWNER_URL:-}" ] || echo "owner-uri=$owner_url"
    [ -z "${DATABASE_REPORTING_URL:-}" ] || echo "reporting-uri=$DATABASE_REPORTING_URL"
  } | make_secret jembatan-postgres
else
  password="$(random 40)" app_password="$(random 40)" reporting_password="$(random 40)"
  at=postgres:5432/jembatan
  roles() { # PASSWORD OF THE OWNER
    echo "owner-uri=postgresql://jembatan:$1@$at"
    echo "app-username=jembatan_app"
    echo "app-password=$app_password"
    echo "uri=postgresql://jembatan_app:$app_password@$at"
    echo "reporting-username=jembatan_reporting"
    echo "reporting-password=$reporting_password"
    echo "reporting-uri=postgresql://jembatan_reporting:$reporting_password@$at"
  }
  field() { kc get secret jembatan-postgres -o "jsonpath={.data.$1}" 2>/dev/null | base64 -d; }
  if [ "${DATABASE_ROLES:-}" = split ] && [ -n "$(field superuser-password)" ] && [ -z "$(field owner-uri)" ]; then
    {
      echo "stringData:"
      roles "$(field password)" | sed 's/^\([^=]*\)=\(.*\)$/  \1: "\2"/'
    } >"$folder/patch"
    kc patch secret jembatan-postgres --patch-file "$folder/patch" >/dev/null
    echo "jembatan-postgres has three roles now: upgrade jembatan-data, whose Job makes them, and restart the product"
  fi
  {
    echo "username=jembatan"
    echo "password=$password"
    echo "host=postgres"
    echo "port=5432"
    echo "dbname=jembatan"
    roles "$password"
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
