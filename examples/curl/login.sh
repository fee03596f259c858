#!/usr/bin/env bash
# Logs in with curl alone and prints the account: examples/curl/login.sh [http://localhost:3000]
set -euo pipefail
api=${1:-http://localhost:3000}/api/auth
field() { sed -E "s/.*\"$1\":\"([^\"]*)\".*/\1/"; }

login=$(curl -sSf --retry 5 --retry-connrefused -X POST "$api/device/" -d client_name='Shell script')
echo "Open $(field verification_uri_complete <<<"$login")"
echo "Code: $(field user_code <<<"$login")"
case $login in
  *'"verification":'*) echo "If the page asks for a number, it is $(field verification <<<"$login")." ;;
esac

# Held up to 25 s; asked again while nobody has decided, and while the service is away.
while true; do
  asked=$SECONDS
  answer=$(curl -sS -X POST "$api/device/token/" -H 'Prefer: wait=25' -d wait=true \
    -d device_code="$(field device_code <<<"$login")") || answer=''
  case $answer in
    *'"access":'*) break ;;
    *'"error":"access_denied"'* | *'"error":"expired_token"'* | *'"error":"invalid_'*)
      echo "$(field error_description <<<"$answer")" >&2
      exit 1
      ;;
    # One that was held has waited already.
    *) ((SECONDS - asked >= 5)) || sleep 5 ;;
  esac
done
curl -sSf "$api/user/" -H "Authorization: Bearer $(field access <<<"$answer")"
