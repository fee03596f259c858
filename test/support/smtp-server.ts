import { createServer, type Socket } from 'node:net';

/** One mail as a server got it. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Header lines and body, as they came. */
  readonly raw: string;
}

/** A mail server in this process, as far as sending needs one. (RFC 5321) */
export interface SmtpServer {
  readonly url: string;
  readonly mails: readonly ReceivedMail[];
  /** Refuses this number of mails for now, as a busy server does. */
  refuseNext(mails: number): void;
  /** Answers this to each mail to an address. */
  refuse(address: string, reply: string): void;
  close(): void;
}

/** Starts it on a free port. */
export async function startSmtpServer(): Promise<SmtpServer> {
  const mails: ReceivedMail[] = [];
  const sockets = new Set<Socket>();
  let refusals = 0;
  const refused = new Map<string, string>();
  const server = createServer((socket) => {
    sockets.add(socket.setEncoding('utf8'));
    let input = '';
    let inData = false;
    let from = '';
    let to: string[] = [];
    const answer = (line: string) => socket.write(`${line}\r\n`);
    const obey = (line: string) => {
      const [verb = ''] = line.toUpperCase().split(/[ :]/);
      if (verb === 'EHLO') return void answer('250 test');
      if (verb === 'MAIL') {
        if (refusals > 0) {
          refusals--;
          return void answer('451 try again later');
        }
        from = line.slice('MAIL FROM:'.length);
        to = [];
      }
      if (verb === 'RCPT') {
        const reply = refused.get(/<(.*)>/.exec(line)?.[1] ?? '');
        if (reply !== undefined) return void answer(reply);
        to.push(line.slice('RCPT TO:'.length));
      }
      if (verb === 'DATA') {
        inData = true;
        return void answer('354 go on');
      }
      answer(verb === 'QUIT' ? '221 bye' : '250 ok');
    };
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      input += String(chunk);
      for (;;) {
        const end = input.indexOf(inData ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const text = input.slice(0, end);
        input = input.slice(end + (inData ? 5 : 2));
        if (inData) {
          inData = false;
          // A line that begins with a dot has another before it. (RFC 5321 §4.5.2)
          mails.push({ from, to, raw: text.replaceAll('\r\n..', '\r\n.') });
          answer('250 taken');
        } else obey(text);
      }
    });
    answer('220 test');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `smtp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    mails,
    refuseNext: (count) => void (refusals = count),
    refuse: (recipient, reply) => void refused.set(recipient, reply),
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
