#!/usr/bin/env bash
# Logs in, refreshes and revokes with curl. Prints what the human needs, then "done".
set -euo pipefail
issuer=$1
field() { sed -E "s/.*\"$1\":\"([^\"]*)\".*/\1/"; }
status() { curl -sS -o /dev/null -w '%{http_code}' "$@"; }

login=$(curl -sSf "$issuer/oauth/device_authorization" -d client_id=curl-test -d scope=account)
field user_code <<<"$login"

tokens=$(curl -sSf "$issuer/oauth/token" -H 'Prefer: wait=30' -d client_id=curl-test \
  -d grant_type=urn:ietf:params:oauth:grant-type:device_code -d device_code="$(field device_code <<<"$login")")
[[ $(status "$issuer/api/auth/user/" -H "Authorization: Bearer $(field access_token <<<"$tokens")") == 200 ]]

tokens=$(curl -sSf "$issuer/oauth/token" -d client_id=curl-test -d grant_type=refresh_token \
  -d refresh_token="$(field refresh_token <<<"$tokens")")
[[ $(status "$issuer/api/auth/user/" -H "Authorization: Bearer $(field access_token <<<"$tokens")") == 200 ]]

[[ $(status "$issuer/oauth/revoke" -d client_id=curl-test -d token="$(field access_token <<<"$tokens")") == 200 ]]
[[ $(status "$issuer/api/auth/user/" -H "Authorization: Bearer $(field access_token <<<"$tokens")") == 401 ]]
echo done
