import type { AuditRecord } from '@ravi/audit';
import { Picker, type Selection } from '../../tools/audit/selection.ts';

/** The ids of those of these events that are picked. */
const picked = (selection: Selection, ...events: readonly object[]) => {
  const picker = new Picker(selection);
  return events.flatMap((fields, id) =>
    picker.picks({ id: String(id), at: '', ...fields } as AuditRecord) ? [id] : [],
  );
};

test('the events of an account are those of this account alone, not of one whose number begins or ends so', () => {
  const of = (user?: number) => ({ event: 'signed_in', ...(user === undefined ? {} : { user }) });
  expect(picked({ user: '12' }, of(12), of(123), of(312), of(1), of(), of(12))).toEqual([0, 5]);
});

test('the events of a login are its own and, once it is redeemed, those of its grant', () => {
  const story = [
    { event: 'grant_ended', grant: 'g' },
    { event: 'started', login: 'l' },
    { event: 'redeemed', login: 'l', grant: 'g', user: 7 },
    { event: 'refreshed', grant: 'g', user: 7 },
    { event: 'refreshed', grant: 'another', user: 7 },
    { event: 'started', login: 'another' },
    { event: 'signed_in', user: 7 },
  ];
  expect(picked({ login: 'l' }, ...story)).toEqual([1, 2, 3]);
  expect(picked({ grant: 'g' }, ...story)).toEqual([0, 2, 3]);
  expect(picked({ login: 'l', user: '7' }, ...story)).toEqual([2, 3]);
  expect(picked({}, ...story)).toHaveLength(story.length);
});
