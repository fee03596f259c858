import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { findProgram } from '../../scripts/setup/commands.mjs';
import { root } from '../../scripts/setup/root.mjs';
import { divideOpenFiles } from '@ravi/runtime';
import { parseConfig as parseApi } from '../../services/api/src/config.ts';
import { parseConfig as parseIssuer } from '../../services/issuer/src/config.ts';
import { generateSigningKey } from '@ravi/credentials/signing';

const folder = join(root, 'deploy/systemd');
const units = readdirSync(folder).filter((name) => name.endsWith('.service'));
const textOf = (unit: string) => readFileSync(join(folder, unit), 'utf8');

/** The variables that a unit sets for its first instance. */
function environmentOf(unit: string) {
  const [, assignments = ''] = /^Environment=(.*)$/m.exec(textOf(unit)) ?? [];
  return parseEnv(assignments.replaceAll('%i', '1').replaceAll(' ', '\n'));
}

const secrets = {
  SECRET: 'kX9#vQ2$mL7!wR4@tY6&uI8*oP1(aS3)',
  PUBLIC_URL: 'https://login.example.com',
};

test('each service takes the settings of its unit, and an api may open the files that its waits need', () => {
  const api = parseApi({
    ...environmentOf('ravi-api@.service'),
    ...secrets,
    IDENTITY_EMAIL_DOMAIN: 'agents.example.com',
  });
  expect([api.port, api.adminPort]).toEqual([3001, 3101]);
  const [, limit] = /^LimitNOFILE=(\d+)$/m.exec(textOf('ravi-api@.service')) ?? [];
  expect(divideOpenFiles(Number(limit), api.maxHeldWaits).maxHeldWaits).toBe(api.maxHeldWaits);

  const { SIGNING_KEY_DIR: _directory, ...issuer } = environmentOf('ravi-issuer@.service');
  expect(parseIssuer({ ...issuer, ...secrets, SIGNING_KEYS: generateSigningKey() }).adminPort).toBe(3201);
});

test.each(units)(
  '%s is started again for as long as it takes, but not with settings that are not usable',
  (unit) => {
    const text = textOf(unit);
    expect(text).toMatch(/^\[Unit\]\n(?:(?!\[).*\n)*StartLimitIntervalSec=0\n/m);
    expect(text).toMatch(/^Restart=always$/m);
    expect(text).toMatch(/^RestartPreventExitStatus=78$/m);
  },
);

const describeWithSystemd = findProgram('systemd-analyze') ? describe : describe.skip;
describeWithSystemd('on a machine with systemd', () => {
  test('systemd takes every unit, and complains of a planted mistake', async () => {
    const copies = mkdtempSync(join(tmpdir(), 'ravi-units-'));
    try {
      for (const unit of units) {
        // This machine has its Node and its project elsewhere.
        const text = textOf(unit)
          .replace('/usr/bin/node', process.execPath)
          .replace('/opt/ravi-device-auth', root);
        writeFileSync(join(copies, unit), text);
        expect(await complaints(join(copies, unit))).toBe('');
        writeFileSync(join(copies, unit), text.replace('MemoryMax=', 'MemoryMaximum='));
        expect(await complaints(join(copies, unit))).toContain('MemoryMaximum');
      }
    } finally {
      rmSync(copies, { recursive: true });
    }
  });
});

function complaints(file: string): Promise<string> {
  return new Promise((resolve) => {
    execFile('systemd-analyze', ['verify', '--man=no', file], (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}
