"""Logs in, refreshes and revokes with requests-oauthlib. Prints what the human needs, then "done"."""

import sys
import time

from oauthlib.oauth2 import DeviceClient
from oauthlib.oauth2.rfc6749.errors import CustomOAuth2Error
from requests_oauthlib import OAuth2Session
import requests

issuer = sys.argv[1]
server = requests.get(f"{issuer}/.well-known/oauth-authorization-server").json()

login = requests.post(
    server["device_authorization_endpoint"], data={"client_id": "oauthlib", "scope": "account"}
).json()
print(login["user_code"], flush=True)

session = OAuth2Session(client=DeviceClient("oauthlib"))
interval = login["interval"]
token = None
while token is None:
    time.sleep(interval)
    try:
        token = session.fetch_token(
            server["token_endpoint"], device_code=login["device_code"], include_client_id=True
        )
    except CustomOAuth2Error as error:
        # RFC 8628, section 3.5.
        if error.error == "slow_down":
            interval += 5
        elif error.error != "authorization_pending":
            raise
assert session.get(f"{issuer}/api/auth/user/").status_code == 200

refreshed = session.refresh_token(
    server["token_endpoint"], refresh_token=token["refresh_token"], client_id="oauthlib"
)
assert refreshed["access_token"] != token["access_token"]
assert session.get(f"{issuer}/api/auth/user/").status_code == 200

url, headers, body = DeviceClient("oauthlib").prepare_token_revocation_request(
    server["revocation_endpoint"], refreshed["refresh_token"], "refresh_token", client_id="oauthlib"
)
revoked = requests.post(url, headers=headers, data=body)
assert revoked.status_code == 200, revoked.text
assert session.get(f"{issuer}/api/auth/user/").status_code == 401
print("done", flush=True)
