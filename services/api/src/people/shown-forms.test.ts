import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { ShownForms } from './shown-forms.ts';

const [former, current] = [
  new Secret('the secret of before, long enough'),
  new Secret('a secret, long enough too'),
];
const clock = { nowMs: () => 1_900_000_000_000 };
const forms = new ShownForms({ keys: deriveServiceKeys(current), clock });
const session = { firstId: 'a session' };

test('a mark tells when its form was shown in this session for this purpose, and nothing else', () => {
  const mark = forms.mark(session, 'password');
  expect(forms.shownAtMs(session, 'password', mark)).toBe(clock.nowMs());
  expect(forms.shownAtMs({ firstId: 'another' }, 'password', mark)).toBeNull();
  expect(forms.shownAtMs(session, 'address', mark)).toBeNull();
  const later = mark.replace(/^\d+/, String(clock.nowMs() + 1));
  for (const forged of [later, '', mark.slice(0, -1), `${clock.nowMs()}.${'A'.repeat(43)}`])
    expect(forms.shownAtMs(session, 'password', forged)).toBeNull();
});

test('a mark from before a rotation of SECRET counts while SECRET_PREVIOUS is set', () => {
  const mark = new ShownForms({ keys: deriveServiceKeys(former), clock }).mark(session, 'password');
  const rotating = new ShownForms({ keys: deriveServiceKeys(current, former), clock });
  expect(rotating.shownAtMs(session, 'password', mark)).not.toBeNull();
  expect(forms.shownAtMs(session, 'password', mark)).toBeNull();
});
