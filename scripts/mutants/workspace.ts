import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../setup/root.mjs';

/** Longer than any own tests take; a mutant that hangs is noticed. */
const patienceMs = 120_000;

/** A copy of the repository in which one file at a time is broken, with the packages of the original. */
export class Workspace {
  readonly #folder = mkdtempSync(join(tmpdir(), 'ravi-mutants-'));

  constructor() {
    const listed = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
      cwd: root,
      encoding: 'utf8',
    });
    for (const file of listed.stdout.split('\0').filter(Boolean)) {
      cpSync(join(root, file), join(this.#folder, file), { recursive: true, errorOnExist: false });
    }
    this.#linkPackages();
    const config = `import config from './jest.config.js';
const [unit] = config.projects;
export default { ...unit, displayName: 'own', testMatch: ['<rootDir>/{packages,services,test}/**/*.test.ts'], testTimeout: 60_000 };
`;
    writeFileSync(join(this.#folder, 'own.config.js'), config);
  }

  /** Writes a file of the copy. */
  write(file: string, source: string): void {
    mkdirSync(dirname(join(this.#folder, file)), { recursive: true });
    writeFileSync(join(this.#folder, file), source);
  }

  /** Whether these test files pass. */
  async passes(tests: readonly string[]): Promise<boolean> {
    const node = [
      '--conditions=ravi-source',
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
    ];
    const jest = [
      'node_modules/jest/bin/jest.js',
      '-c',
      'own.config.js',
      '-i',
      '--bail',
      '--silent',
      '--runTestsByPath',
    ];
    const child = spawn(process.execPath, [...node, ...jest, ...tests], {
      cwd: this.#folder,
      // Its caches are its own: a broken module is compiled once, and not for others.
      env: { ...process.env, NODE_COMPILE_CACHE: '', JEST_WORKER_ID: '1' },
      stdio: 'ignore',
      detached: true,
    });
    const late = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), patienceMs);
    const code = await new Promise((resolve) => child.once('exit', resolve));
    clearTimeout(late);
    return code === 0;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Our own packages are those of the copy, all others those of the original. */
  #linkPackages(): void {
    const link = (name: string) => {
      const path = join(root, 'node_modules', name);
      const isOurs = lstatSync(path).isSymbolicLink() && readlinkSync(path).startsWith('../');
      symlinkSync(isOurs ? readlinkSync(path) : path, join(this.#folder, 'node_modules', name));
    };
    for (const name of readdirSync(join(root, 'node_modules'))) {
      if (!name.startsWith('@')) {
        mkdirSync(join(this.#folder, 'node_modules'), { recursive: true });
        link(name);
        continue;
      }
      mkdirSync(join(this.#folder, 'node_modules', name), { recursive: true });
      for (const inner of readdirSync(join(root, 'node_modules', name))) link(join(name, inner));
    }
  }
}
