/** A service for the test of hosted processes: says its name again and again until SIGTERM, and which settings it got. */
const { NAME = '', ...others } = process.env;
const say = (line: string) => process.stdout.write(`${line}\n`);

say(`${NAME} got ${Object.keys(others).join()}`);
setInterval(() => say(NAME), 10).unref();
process.on('exit', () => say(`${NAME} ends`));
process.on('SIGTERM', () => {
  say(`${NAME} stops`);
  process.exit(0);
});
