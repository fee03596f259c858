import type { EmailMove } from '@ravi/accounts';
import { NotReplicated } from '@ravi/redis';
import { EmailChange, type EmailChangeDeps } from './email-change.ts';

const origin = { address: '192.0.2.1', userAgent: 'a browser', language: 'en' } as const;

/** What was done by confirming a link of which this becomes, while no replica answers. */
async function doneBy(move: EmailMove): Promise<{ readonly done: readonly string[]; readonly end: unknown }> {
  const done: string[] = [];
  const change = new EmailChange({
    emailMoves: {
      move: async () => move,
      replicated: async (id: number, ...emails: readonly string[]) => {
        done.push(`waited for ${[id, ...emails].join(' ')}`);
        throw new NotReplicated();
      },
    },
    mails: { tellAt: (to: string, kind: string, id: number) => done.push(`${kind} of ${id} to ${to}`) },
    audit: {
      note: ({ event, user }: Readonly<Record<string, unknown>>) =>
        done.push(`${String(event)} ${String(user)}`),
    },
  } as unknown as EmailChangeDeps);
  return { end: await change.confirm('link', origin).catch((error: unknown) => error), done };
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
  expect(await doneBy({ kind: 'again', userId: 7, email: 'c@d.example' })).toEqual({
    end: expect.any(NotReplicated) as unknown,
    done: ['waited for 7 c@d.example'],
  });
  expect(await doneBy({ kind: 'taken' })).toEqual({ end: 'taken', done: [] });
});
