"""Checks an access token with PyJWT, as its documentation says. Prints its name if it lets the token in, and not with a changed signature."""

import sys

import jwt

issuer, token = sys.argv[1:]
keys = jwt.PyJWKClient(f"{issuer}/.well-known/jwks.json")


def check(credential):
    key = keys.get_signing_key_from_jwt(credential)
    return jwt.decode(credential, key.key, algorithms=["ES256"], audience="ravi-api", issuer=issuer)


assert check(token)["sub"]
try:
    check(token[:-6] + "AAAAAA")
except jwt.InvalidSignatureError:
    print("PyJWT")
