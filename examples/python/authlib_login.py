"""Logs in with Authlib and prints the account: python3 authlib_login.py http://localhost:3000"""

import sys
import time

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
import requests

issuer = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:3000"
server = requests.get(f"{issuer}/.well-known/oauth-authorization-server").json()
login = requests.post(server["device_authorization_endpoint"], data={"client_id": "authlib-example"}).json()
print(f"Open {login['verification_uri']} and enter {login['user_code']}", flush=True)

session = OAuth2Session("authlib-example", token_endpoint_auth_method="none")
while not session.token:
    try:
        session.fetch_token(
            server["token_endpoint"],
            grant_type="urn:ietf:params:oauth:grant-type:device_code",
            device_code=login["device_code"],
            headers={"Prefer": "wait=25"},  # held until the human has decided
        )
    except OAuthError as error:
        if error.error == "slow_down":
            login["interval"] += 5  # for good (RFC 8628, section 3.5)
        elif error.error != "authorization_pending":
            sys.exit(error.description)
        time.sleep(login["interval"])
print(session.get(f"{issuer}/api/auth/user/").text)
