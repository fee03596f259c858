"""Logs in, refreshes and revokes with Authlib, told the server's address alone. Prints what the human needs, then "done"."""

import sys

from authlib.integrations.requests_client import OAuth2Session
import requests

issuer = sys.argv[1]
server = requests.get(f"{issuer}/.well-known/oauth-authorization-server").json()

session = OAuth2Session("authlib-test", token_endpoint_auth_method="none", revocation_endpoint_auth_method="none")
login = requests.post(
    server["device_authorization_endpoint"], data={"client_id": "authlib-test", "scope": "account"}
).json()
print(login["user_code"], flush=True)

token = session.fetch_token(
    server["token_endpoint"],
    grant_type="urn:ietf:params:oauth:grant-type:device_code",
    device_code=login["device_code"],
    headers={"Prefer": "wait=30"},
)
account = session.get(f"{issuer}/api/auth/user/")
assert account.status_code == 200, account.text

refreshed = session.refresh_token(server["token_endpoint"], refresh_token=token["refresh_token"])
assert refreshed["access_token"] != token["access_token"]
assert session.get(f"{issuer}/api/auth/user/").status_code == 200

revoked = session.revoke_token(server["revocation_endpoint"], token=refreshed["refresh_token"])
assert revoked.status_code == 200, revoked.text
assert session.get(f"{issuer}/api/auth/user/").status_code == 401
print("done", flush=True)
