"""Logs in, refreshes and revokes with requests-oauthlib. Prints what the human needs, then "done"."""

import os
import sys

# The library insists on TLS; this is a test on the loopback interface.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

from oauthlib.oauth2 import DeviceClient
from requests_oauthlib import OAuth2Session
import requests

issuer = sys.argv[1]
server = requests.get(f"{issuer}/.well-known/oauth-authorization-server").json()

login = requests.post(
    server["device_authorization_endpoint"], data={"client_id": "oauthlib-test", "scope": "account"}
).json()
print(login["user_code"], flush=True)

session = OAuth2Session(client=DeviceClient("oauthlib-test"))
token = session.fetch_token(
    server["token_endpoint"],
    device_code=login["device_code"],
    include_client_id=True,
    headers={"Prefer": "wait=30", "Accept": "application/json"},
)
account = session.get(f"{issuer}/api/auth/user/")
assert account.status_code == 200, account.text

refreshed = session.refresh_token(
    server["token_endpoint"], refresh_token=token["refresh_token"], client_id="oauthlib-test"
)
assert refreshed["access_token"] != token["access_token"]
assert session.get(f"{issuer}/api/auth/user/").status_code == 200

url, headers, body = DeviceClient("oauthlib-test").prepare_token_revocation_request(
    # The library would refuse an address without TLS here, whatever the variable above says.
    server["revocation_endpoint"].replace("http:", "https:"), refreshed["refresh_token"], "refresh_token",
    client_id="oauthlib-test",
)
revoked = requests.post(server["revocation_endpoint"], headers=headers, data=body)
assert revoked.status_code == 200, revoked.text
assert session.get(f"{issuer}/api/auth/user/").status_code == 401
print("done", flush=True)
