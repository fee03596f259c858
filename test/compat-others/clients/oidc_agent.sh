#!/usr/bin/env bash
# Logs in by the device flow of oidc-agent, takes tokens from it, and has it revoke and forget the login. Prints what the human needs, then "done".
set -euo pipefail
issuer=$1
home=$(mktemp -d)
export HOME=$home OIDC_ENCRYPTION_PW=not-a-secret
eval "$(oidc-agent --no-webserver)" >/dev/null
trap 'kill "$OIDCD_PID"; rm -rf "$home"' EXIT

status() { curl -sS -o /dev/null -w '%{http_code}' "$issuer/api/auth/user/" -H "Authorization: Bearer $1"; }
oidc-gen compat --issuer="$issuer" --client-id=oidc-agent --client-secret= --scope='account offline_access' --flow=device \
  --redirect-uri=http://localhost:4242 --pw-env --confirm-default --cert-path="$CURL_CA_BUNDLE" --no-url-call 2>&1 <<<$'\n\n\n\n\n\n' |
  sed -u -nE 's/.*([A-Z]{4}-[A-Z]{4}).*/\1/p'
token=$(oidc-token compat)
[[ $(status "$token") == 200 ]]
# Longer than the token lives: it refreshes.
next=$(oidc-token --force-new compat)
[[ $next != "$token" && $(status "$next") == 200 ]]
oidc-gen --pw-env --confirm-yes -d compat >/dev/null
[[ $(status "$next") == 401 ]]
echo done
