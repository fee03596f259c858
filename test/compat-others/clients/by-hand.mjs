// For libraries that have no device flow of their own: the two requests of RFC 8628, with fetch. They do the rest.

/** Starts a login, prints its code, and polls until the human has decided. Resolves to the answer with the tokens. */
export async function logInByHand(issuer, clientId) {
  const post = async (path, parameters) => {
    const body = new URLSearchParams({ client_id: clientId, ...parameters });
    const answer = await fetch(new URL(path, issuer), { method: 'POST', body });
    return answer.json();
  };
  const login = await post('/oauth/device_authorization', { scope: 'account' });
  console.log(login.user_code);
  let { interval } = login;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, interval * 1000));
    const tokens = await post('/oauth/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: login.device_code,
    });
    if (tokens.access_token) return tokens;
    // RFC 8628 §3.5.
    if (tokens.error === 'slow_down') interval += 5;
    else if (tokens.error !== 'authorization_pending') throw new Error(JSON.stringify(tokens));
  }
}

/** Calls the API with an access token. Throws unless it is let in. */
export async function callApi(issuer, accessToken) {
  const headers = { authorization: `Bearer ${accessToken}` };
  const answer = await fetch(new URL('/api/auth/user/', issuer), { headers });
  if (answer.status !== 200) throw new Error(await answer.text());
}
