import { textForAgents } from './text-for-agents.ts';

test.each([
  [60, 120, 60],
  [60, 20, 20],
])(
  'an agent is told how long a request is held here, %d s and %d s at most, and how long a token lives',
  (usually, most, held) => {
    const text = textForAgents({
      publicUrl: 'https://login.example.com',
      longPollDefaultSeconds: usually,
      longPollMaxSeconds: most,
      lifetimes: { accessTokenSeconds: 600 },
    });
    expect(text).toContain(`a time limit of more than ${held + 5} seconds`);
    expect(text).toContain(`held for up to ${held} seconds`);
    expect(text).toContain('It lives for 600 seconds at most.');
  },
);
