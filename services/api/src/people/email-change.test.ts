import type { Account, EmailMove } from '@ravi/accounts';
import { NotReplicated } from '@ravi/redis';
import { EmailChange, type EmailChangeDeps } from './email-change.ts';

const origin = { address: '192.0.2.1', userAgent: 'a browser', language: 'en' } as const;

/** What was done by confirming a link of which this becomes, while no replica answers. */
async function doneBy(
  move: EmailMove,
  isUntold: boolean | ((what: string) => boolean) = true,
  link = 'link',
): Promise<{ readonly done: readonly string[]; readonly end: unknown }> {
  const done: string[] = [];
  const change = new EmailChange({
    emailMoves: {
      move: async () => move,
      replicated: async (id: number, ...emails: readonly string[]) => {
        done.push(`waited for ${[id, ...emails].join(' ')}`);
        throw new NotReplicated();
      },
    },
    toldOnce: {
      claim: async (what: string) => (typeof isUntold === 'boolean' ? isUntold : isUntold(what)),
    },
    mails: { tellAt: (to: string, kind: string, id: number) => done.push(`${kind} of ${id} to ${to}`) },
    audit: {
      note: ({ event, user }: Readonly<Record<string, unknown>>) =>
        done.push(`${String(event)} ${String(user)}`),
    },
  } as unknown as EmailChangeDeps);
  return { end: await change.confirm(link, origin).catch((error: unknown) => error), done };
}

test('a moved address that no replica has is noted and told at both addresses, once: the same form, sent again, waits and tells nothing', async () => {
  const moved = {
    kind: 'moved',
    userId: 7,
    former: 'a@b.example',
    formerVerified: true,
    email: 'c@d.example',
  } as const;
  expect(await doneBy(moved)).toEqual({
    end: expect.any(NotReplicated) as unknown,
    done: [
      'email_changed 7',
      'addressChanged of 7 to a@b.example',
      'addressChanged of 7 to c@d.example',
      'waited for 7 a@b.example c@d.example',
    ],
  });
  expect((await doneBy({ ...moved, formerVerified: false })).done).not.toContain(
    'addressChanged of 7 to a@b.example',
  );
  const again = { ...moved, kind: 'again' } as const;
  expect(await doneBy(again, false)).toEqual({
    end: expect.any(NotReplicated) as unknown,
    done: ['waited for 7 a@b.example c@d.example'],
  });
  // It moved and died before it told.
  expect(await doneBy(again)).toEqual(await doneBy(moved));
  expect(await doneBy({ kind: 'taken' })).toEqual({ end: 'taken', done: [] });
});

test('a new address is wanted by whoever knows the password, gets the link, and the present one is told of it', async () => {
  const done: string[] = [];
  const told = new Set<string>();
  const ada = { id: 7, email: 'a@b.example' } as Account;
  const change = new EmailChange({
    passwordAccounts: {
      requirePassword: async (_of: Account, password: string) => {
        if (password !== 'right') throw new Error('the password is wrong');
      },
    },
    toldOnce: { claim: async (what: string) => told.size < told.add(what).size },
    emailMoves: { want: async (id: number, email: string) => void done.push(`${id} wants ${email}`) },
    accountLinks: {
      find: async (kind: string, link: string) =>
        kind === 'address' && link === 'link' ? { address: 'c@d.example' } : null,
    },
    mails: {
      enabled: true,
      sendLink: async (kind: string, id: number, to: string, _origin: object, form: string) =>
        void done.push(`link ${kind} of ${id} to ${to} by ${form}`),
      notify: (kind: string, { id }: Account) => void done.push(`${kind} of ${id}`),
    },
  } as unknown as EmailChangeDeps);
  const ask = (current_password: string, email = 'c@d.example', form = 'a form') =>
    change.ask(ada, { email, current_password }, origin, { address: '192.0.2.1', browser: null }, form);
  await expect(ask('wrong')).rejects.toThrow('the password is wrong');
  expect(done).toEqual([]);
  await ask('right');
  const asked = ['7 wants c@d.example', 'link address of 7 to c@d.example by a form'];
  expect(done).toEqual([...asked, 'addressWanted of 7']);
  // The same form, sent again: the present address is told once.
  await ask('right');
  expect(done).toEqual([...asked, 'addressWanted of 7', ...asked]);
  // Whoever wants another one a moment later may be somebody else.
  await ask('right', 'thief@d.example', 'another form');
  expect(done.slice(-3)).toEqual([
    '7 wants thief@d.example',
    'link address of 7 to thief@d.example by another form',
    'addressWanted of 7',
  ]);
  expect([await change.find('link'), await change.find('another'), change.enabled]).toEqual([
    'c@d.example',
    null,
    true,
  ]);
});

test('of two moves within a minute each is noted and told: the second one may be a thief’s', async () => {
  const told = new Set<string>();
  const isUntold = (what: string) => told.size < told.add(what).size;
  const move = { kind: 'moved', userId: 7, formerVerified: true } as const;
  await doneBy({ ...move, former: 'a@b.example', email: 'c@d.example' }, isUntold, 'link');
  const thiefs = { ...move, former: 'c@d.example', email: 'thief@d.example' };
  expect((await doneBy(thiefs, isUntold, 'another link')).done.slice(0, 2)).toEqual([
    'email_changed 7',
    'addressChanged of 7 to c@d.example',
  ]);
});
