import type { LoginId, LoginStore, Progress } from '@ravi/device-login';
import { WatchedPages } from './watched-pages.ts';

const [login, other] = ['a' as LoginId, 'b' as LoginId];
const stays = new AbortController().signal;

let progress: Progress;
let noted: string[];
let pages: WatchedPages;
beforeEach(() => {
  jest.useFakeTimers();
  [progress, noted] = ['waiting', []];
  const watch = async (loginId: LoginId, userId: number, instance: string) => {
    noted.push(`${loginId} ${userId} ${instance}`);
    return progress;
  };
  const logins = { watch } as unknown as LoginStore;
  pages = new WatchedPages({ logins, instance: 'this', maxHeld: 6, holdMs: 10_000 });
});
afterEach(() => {
  const left = [pages.size, jest.getTimerCount()];
  jest.useRealTimers();
  if (left.some((count) => count > 0)) throw new Error(`Requests and timers are left: ${left.join(', ')}.`);
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

test('a page is answered once its login is settled, when it is woken or may have missed that', async () => {
  const [woken, missed] = [pages.follow(login, 7, stays), pages.follow(other, 7, stays)];
  await pass(0);
  pages.onWakeup('c');
  await pass(0);
  expect(noted).toEqual(['a 7 this', 'b 7 this']);
  progress = 'collected';
  pages.onWakeup('a');
  expect(await woken).toEqual({ progress: 'collected', turnedAway: false });
  expect(pages.size).toBe(1);
  pages.onGap();
  expect(await missed).toEqual({ progress: 'collected', turnedAway: false });
});

test('a page of a login that is settled is answered at once, and a waiting one when its time is over or it is closed', async () => {
  progress = 'denied';
  expect(await pages.follow(login, 7, stays)).toEqual({ progress: 'denied', turnedAway: false });
  progress = 'waiting';
  const gone = new AbortController();
  let ended = 0;
  const following = [pages.follow(login, 7, gone.signal), pages.follow(login, 7, stays)];
  for (const page of following) void page.then(() => ended++);
  await pass(9_999);
  expect(ended).toBe(0);
  gone.abort();
  await pass(0);
  expect(ended).toBe(1);
  await pass(1);
  for (const page of following) expect(await page).toEqual({ progress: 'waiting', turnedAway: false });
});

test('four pages of an account are held, and so many in all; others are told the state, to ask again later, and noted nowhere', async () => {
  const turnedAway = { progress: 'waiting', turnedAway: true };
  const held = Array.from({ length: 4 }, () => pages.follow(login, 7, stays));
  expect(await pages.follow(login, 7, stays)).toEqual(turnedAway);
  held.push(pages.follow(login, 8, stays), pages.follow(login, 8, stays));
  expect(await pages.follow(login, 9, stays)).toEqual(turnedAway);
  expect(noted.filter((note) => note.endsWith(' '))).toEqual(['a 7 ', 'a 9 ']);
  pages.close();
  await Promise.all(held);
  expect(pages.closed).toBe(true);
  // It asks again at once, at another instance.
  expect(await pages.follow(login, 7, stays)).toEqual({ progress: 'waiting', turnedAway: false });
});
