/**
 * Builds the package as it is published, into `dist`: JavaScript, types, README, licence and a manifest of its own. This repository uses
 * the sources, also in production, so the manifest beside this file names those.
 *
 *     npm run build -w packages/verify && npm publish packages/verify/dist
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @param {string} path */
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

rmSync(here('dist'), { recursive: true, force: true });
const { status } = spawnSync(here('../../node_modules/.bin/tsc'), ['-p', here('tsconfig.build.json')], {
  stdio: 'inherit',
});
if (status !== 0) process.exit(1);

const manifest = JSON.parse(readFileSync(here('package.json'), 'utf8'));
const entries = Object.entries(manifest.exports).map(([name, source]) => {
  const built = String(source).replace('./src/', './').replace(/\.ts$/, '');
  return [name, { types: `${built}.d.ts`, default: `${built}.js` }];
});
const { private: _private, scripts: _scripts, ...published } = manifest;
published.exports = { ...Object.fromEntries(entries), './package.json': './package.json' };
writeFileSync(here('dist/package.json'), `${JSON.stringify(published, null, 2)}\n`);
copyFileSync(here('README.md'), here('dist/README.md'));
copyFileSync(here('../../LICENSE'), here('dist/LICENSE'));
