import type { Readable } from 'node:stream';

/** The longest line: the result of a worker with all its latencies is some hundred kilobytes. */
const longestLine = 64 * 1024 * 1024;

/** Calls `onMessage` with each line of a stream, read as JSON. Destroys the stream at a line that is none, or has no end. */
export function readJsonLines(stream: Readable, onMessage: (message: unknown) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine) stream.destroy(new Error('a line has no end'));
    for (const line of lines) {
      if (stream.destroyed) return;
      try {
        onMessage(JSON.parse(line));
      } catch (cause) {
        stream.destroy(new Error('a line cannot be read', { cause }));
      }
    }
  });
}

/** A message as a line. */
export const jsonLine = (message: unknown): string => `${JSON.stringify(message)}\n`;
