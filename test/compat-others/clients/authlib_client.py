"""Logs in, refreshes and revokes with Authlib, told the server's address alone. Prints what the human needs, then "done"."""

import sys
import time

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
import requests

issuer = sys.argv[1]
server = requests.get(f"{issuer}/.well-known/oauth-authorization-server").json()

session = OAuth2Session("authlib", token_endpoint_auth_method="none", revocation_endpoint_auth_method="none")
login = requests.post(
    server["device_authorization_endpoint"], data={"client_id": "authlib", "scope": "account"}
).json()
print(login["user_code"], flush=True)

interval = login["interval"]
token = None
while token is None:
    time.sleep(interval)
    try:
        token = session.fetch_token(
            server["token_endpoint"],
            grant_type="urn:ietf:params:oauth:grant-type:device_code",
            device_code=login["device_code"],
        )
    except OAuthError as error:
        # RFC 8628, section 3.5.
        if error.error == "slow_down":
            interval += 5
        elif error.error != "authorization_pending":
            raise
assert session.get(f"{issuer}/api/auth/user/").status_code == 200

refreshed = session.refresh_token(server["token_endpoint"], refresh_token=token["refresh_token"])
assert refreshed["access_token"] != token["access_token"]
assert session.get(f"{issuer}/api/auth/user/").status_code == 200

revoked = session.revoke_token(server["revocation_endpoint"], token=refreshed["refresh_token"])
assert revoked.status_code == 200, revoked.text
assert session.get(f"{issuer}/api/auth/user/").status_code == 401
print("done", flush=True)
