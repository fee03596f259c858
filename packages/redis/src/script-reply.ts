/** Thrown if a script's reply is not in its header: code and Lua do not match. */
export class UnexpectedReply extends Error {
  readonly code = 'unexpected_reply';

  /** `word`: the first word of the reply, if there is one. The others may be secret. */
  constructor(word?: string) {
    super(
      word !== undefined && /^[a-z_]{1,40}$/.test(word)
        ? `A script replied "${word}", which its caller does not know.`
        : 'A script gave a reply that is not a list of words.',
    );
    this.name = 'UnexpectedReply';
  }
}

/** The words of a script's reply: at least one, each a string. Throws `UnexpectedReply` for any other reply. */
export function replyWords(reply: unknown): readonly [string, ...string[]] {
  if (isWords(reply)) return reply;
  throw new UnexpectedReply();
}

/** The same, where the first word is one of these. */
export function replyOf<Word extends string>(
  reply: unknown,
  ...known: readonly Word[]
): readonly [Word, ...string[]] {
  const [first, ...others] = replyWords(reply);
  const word = known.find((each) => each === first);
  if (word === undefined) throw new UnexpectedReply(first);
  return [word, ...others];
}

function isWords(reply: unknown): reply is [string, ...string[]] {
  return Array.isArray(reply) && reply.length > 0 && reply.every((word) => typeof word === 'string');
}
