#!/bin/sh
# Starts redis-server with the users of users.acl beside this file. Their passwords come from REDIS_API_PASSWORD and
# REDIS_ISSUER_PASSWORD; Redis gets their SHA-256. With REDIS_OPERATOR_PASSWORD there is a user `operator` too, who may do
# everything. The user `default` is off and keeps its permissions: as that user Redis reads its append-only file, and without them it
# leaves out what scripts wrote. Further options of redis-server are arguments.
set -eu
: "${REDIS_API_PASSWORD:?set it to the password in REDIS_URL of the apis}"
: "${REDIS_ISSUER_PASSWORD:?set it to the password in REDIS_URL of the issuers}"
sha256() { printf '%s' "$1" | sha256sum | cut -d ' ' -f 1; }
users="${TMPDIR:-/tmp}/users.acl"
umask 077
sed -e "s/{API_PASSWORD_SHA256}/$(sha256 "$REDIS_API_PASSWORD")/" \
  -e "s/{ISSUER_PASSWORD_SHA256}/$(sha256 "$REDIS_ISSUER_PASSWORD")/" "$(dirname "$0")/users.acl" > "$users"
if [ -n "${REDIS_OPERATOR_PASSWORD:-}" ]; then
  printf 'user operator on #%s ~* &* +@all\n' "$(sha256 "$REDIS_OPERATOR_PASSWORD")" >> "$users"
fi
exec redis-server --aclfile "$users" "$@"
