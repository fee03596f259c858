"""Logs in with requests-oauthlib and prints the account: python3 requests_oauthlib_login.py https://login.example.com"""

import sys
import time

from oauthlib.oauth2 import DeviceClient, OAuth2Error
from requests_oauthlib import OAuth2Session
import requests

issuer = sys.argv[1]  # https: the library refuses http unless OAUTHLIB_INSECURE_TRANSPORT is set
server = requests.get(f"{issuer}/.well-known/oauth-authorization-server").json()
login = requests.post(server["device_authorization_endpoint"], data={"client_id": "oauthlib-example"}).json()
print(f"Open {login['verification_uri']} and enter {login['user_code']}", flush=True)

session = OAuth2Session(client=DeviceClient("oauthlib-example"))
while not session.token:
    try:
        session.fetch_token(
            server["token_endpoint"],
            device_code=login["device_code"],
            include_client_id=True,
            headers={"Prefer": "wait=25", "Accept": "application/json"},  # held until the human has decided
        )
    except OAuth2Error as error:
        if error.error == "slow_down":
            login["interval"] += 5  # for good (RFC 8628, section 3.5)
        elif error.error != "authorization_pending":
            sys.exit(error.description)
        time.sleep(login["interval"])
print(session.get(f"{issuer}/api/auth/user/").text)
