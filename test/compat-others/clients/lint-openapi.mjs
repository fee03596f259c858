// Prints what swagger-parser and Spectral (its rules for OpenAPI) call an error in the given file; nothing for a valid one.
import { readFileSync } from 'node:fs';
import SwaggerParser from '@apidevtools/swagger-parser';
import spectral from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';

const [file] = process.argv.slice(2);
const text = readFileSync(file, 'utf8');
await SwaggerParser.validate(JSON.parse(text)).catch((error) => console.log(error.message));
const linter = new spectral.Spectral();
linter.setRuleset({ extends: [[rulesets.oas, 'recommended']], rules: {} });
for (const { code, message, path, severity } of await linter.run(text)) {
  if (severity === 0) console.log(`${code}: ${message} (${path.join('/')})`);
}
