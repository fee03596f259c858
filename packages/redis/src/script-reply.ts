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

function isWords(reply: unknown): reply is [string, ...string[]] {
  return Array.isArray(reply) && reply.length > 0 && reply.every((word) => typeof word === 'string');
}
