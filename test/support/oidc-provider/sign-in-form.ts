/** The provider's own page: who are you, and shall we tell the other site? */
export const signInForm = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Test provider</title>
  </head>
  <body>
    <main>
      <h1>Test provider</h1>
      <form method="post">
        <p><label>Name of the account <input name="sub" autofocus /></label></p>
        <p><label>E-mail address <input name="email" placeholder="account@example.com" /></label></p>
        <p><label>Full name <input name="name" /></label></p>
        <p><label><input type="checkbox" name="verified" checked /> The address is verified</label></p>
        <button name="answer" value="sign-in">Sign in</button>
        <button name="answer" value="cancel">Cancel</button>
      </form>
    </main>
  </body>
</html>
`;
