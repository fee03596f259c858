import { setTimeout as pause } from 'node:timers/promises';
import type { DeviceCodeResponse } from '@ravi/contract';
import { type Received, send } from './http.ts';
import { Person } from './person.ts';
import { isLostConnection, poll, wait } from './program.ts';

/** A program that has no answer by then counts as lost. */
const patienceMs = 120_000;

/** Programs whose logins one person approves. */
const programsPerPerson = 16;

export interface Work {
  /** The apis that run now; programs ask one after the other. */
  readonly urls: readonly string[];
  /** Programs that log in at the same time, each again and again. */
  readonly programs: number;
  /** Logins a second of all together; without, as many as there can be. */
  readonly perSecond: number | null;
}

/** What became of all logins. The entries say in which call, and what was told. */
export interface History {
  readonly logins: number;
  readonly slowestMs: number;
  /** Codes that gave their credentials once more to a program that asked again: an api died before it noted that it had answered. */
  readonly toldAgain: number;
  readonly lost: readonly string[];
  /** A code that gave two different credentials, or credentials that two programs got. */
  readonly doubled: readonly string[];
  /** Nobody denies and nothing expires: any answer but the expected one, or a request to come again. */
  readonly wrong: readonly string[];
}

/** Programs that log in and people who approve them, while a test breaks what is beneath, and what they were told. */
export class ProgramsAtWork {
  readonly #work: Work;
  readonly #people: readonly Person[];
  readonly #running: readonly Promise<void>[];
  #over = false;
  #turn = 0;
  #logins = 0;
  #slowestMs = 0;
  #toldAgain = 0;
  readonly #given = new Set<string>();
  readonly #lost: string[] = [];
  readonly #doubled: string[] = [];
  readonly #wrong: string[] = [];

  private constructor(work: Work, people: readonly Person[]) {
    this.#work = work;
    this.#people = people;
    this.#running = Array.from({ length: work.programs }, (_, index) => this.#repeat(index));
  }

  static async start(work: Work): Promise<ProgramsAtWork> {
    const people: Person[] = [];
    while (people.length * programsPerPerson < work.programs)
      people.push(await Person.signUp(work.urls[0] ?? ''));
    return new ProgramsAtWork(work, people);
  }

  /** How many logins have come to their end. */
  get logins(): number {
    return this.#logins;
  }

  /** Lets the logins that are under way come to their end. */
  async stop(): Promise<History> {
    this.#over = true;
    await Promise.all(this.#running);
    return {
      logins: this.#logins,
      slowestMs: this.#slowestMs,
      toldAgain: this.#toldAgain,
      lost: this.#lost,
      doubled: this.#doubled,
      wrong: this.#wrong,
    };
  }

  async #repeat(index: number): Promise<void> {
    const { programs, perSecond } = this.#work;
    const everyMs = perSecond === null ? 0 : (programs / perSecond) * 1_000;
    const person = this.#people[Math.floor(index / programsPerPerson)];
    if (person === undefined) throw new Error('Nobody approves the logins of this program.');
    // Evenly spread from the start.
    await pause((everyMs * index) / programs);
    while (!this.#over) {
      const beganMs = Date.now();
      try {
        await this.#logIn(person);
        this.#logins++;
        this.#slowestMs = Math.max(this.#slowestMs, Date.now() - beganMs);
      } catch (error) {
        if (error instanceof Lost) this.#lost.push(error.message);
        else this.#wrong.push(String(error));
      }
      await pause(Math.max(0, beganMs + everyMs - Date.now()));
    }
  }

  async #logIn(person: Person): Promise<void> {
    const { body: login } = await this.#ask('start', (url) =>
      send<DeviceCodeResponse>(`${url}/api/auth/device/`),
    );
    const [{ body: credentials }] = await Promise.all([
      this.#ask('wait', (url) => wait(url, login.device_code)),
      this.#ask('approve', (url) => person.approve(url, login.user_code)),
    ]);
    if (this.#given.has(credentials.refresh)) this.#doubled.push('wait: credentials of another program');
    this.#given.add(credentials.refresh);
    const again = await this.#ask('poll', (url) => poll(url, login.device_code), 'invalid_grant');
    if (again.status !== 200) return;
    if (again.body.refresh === credentials.refresh) this.#toldAgain++;
    else this.#doubled.push('poll: other credentials for the same code');
  }

  /** Asks until the answer is 200, or this error; throws on any other one that does not ask to come again, and when none comes. */
  async #ask<Body extends object>(
    what: string,
    ask: (url: string) => Promise<Received<Body>>,
    expected?: string,
  ): Promise<Received<Body>> {
    const { urls, programs } = this.#work;
    const endMs = Date.now() + patienceMs;
    let last = 'nothing';
    while (Date.now() < endMs) {
      const answer = await ask(urls[this.#turn++ % urls.length] ?? '').catch((error: unknown) => {
        if (isLostConnection(error)) return null;
        throw error;
      });
      const error = answer && 'error' in answer.body ? answer.body.error : undefined;
      if (answer?.status === 200 || (error !== undefined && error === expected)) {
        if (answer) return answer;
      }
      last = answer === null ? 'a lost connection' : `${answer.status} ${String(error)}`;
      if (answer !== null && answer.status !== 503 && error !== 'authorization_pending')
        throw new Error(`${what}: ${last}`);
      // All together ask again a hundred times a second, however many they are.
      await pause(10 * programs);
    }
    throw new Lost(`${what}: ${last} for ${patienceMs / 1000} s`);
  }
}

class Lost extends Error {}
