#!/usr/bin/env bash
# Logs in, refreshes and revokes with curl, which polls. Prints what the human needs, then "done".
set -euo pipefail
issuer=$1
field() { sed -E "s/.*\"$1\":\"([^\"]*)\".*/\1/"; }
status() { curl -sS -o /dev/null -w '%{http_code}' "$@"; }

login=$(curl -sSf "$issuer/oauth/device_authorization" -d client_id=curl -d scope=account)
field user_code <<<"$login"

interval=5
while true; do
  sleep $interval
  tokens=$(curl -sS "$issuer/oauth/token" -d client_id=curl \
    -d grant_type=urn:ietf:params:oauth:grant-type:device_code -d device_code="$(field device_code <<<"$login")")
  # RFC 8628, section 3.5.
  [[ $tokens != *'"slow_down"'* ]] || { interval=$((interval + 5)); continue; }
  [[ $tokens == *authorization_pending* ]] || break
done
[[ $(status "$issuer/api/auth/user/" -H "Authorization: Bearer $(field access_token <<<"$tokens")") == 200 ]]

tokens=$(curl -sSf "$issuer/oauth/token" -d client_id=curl -d grant_type=refresh_token \
  -d refresh_token="$(field refresh_token <<<"$tokens")")
[[ $(status "$issuer/api/auth/user/" -H "Authorization: Bearer $(field access_token <<<"$tokens")") == 200 ]]

[[ $(status "$issuer/oauth/revoke" -d client_id=curl -d token="$(field access_token <<<"$tokens")") == 200 ]]
[[ $(status "$issuer/api/auth/user/" -H "Authorization: Bearer $(field access_token <<<"$tokens")") == 401 ]]
echo done
