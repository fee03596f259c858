"""Logs in, refreshes and revokes with the generic OAuth 2.0 client of MSAL for Python. Prints what the human needs, then "done"."""

import sys

from msal.oauth2cli import Client
import requests

issuer = sys.argv[1]
server = requests.get(f"{issuer}/.well-known/oauth-authorization-server").json()
client = Client(server, client_id="msal")

flow = client.initiate_device_flow(scope="account")
print(flow["user_code"], flush=True)
token = client.obtain_token_by_device_flow(flow)
assert "access_token" in token, token

refreshed = client.obtain_token_by_refresh_token(token["refresh_token"])
assert refreshed["access_token"] != token["access_token"], refreshed


def status():
    headers = {"Authorization": f"Bearer {refreshed['access_token']}"}
    return requests.get(f"{issuer}/api/auth/user/", headers=headers).status_code


assert status() == 200
revoked = requests.post(server["revocation_endpoint"], data={"client_id": "msal", "token": refreshed["refresh_token"]})
assert revoked.status_code == 200, revoked.text
assert status() == 401
print("done", flush=True)
