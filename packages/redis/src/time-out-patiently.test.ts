import { Command } from 'ioredis';
import { PatientCluster, timeOutPatiently } from './time-out-patiently.ts';

const nextTurn = () => new Promise(setImmediate);

/** A command, and what became of it. */
function send(through: (command: Command) => unknown = timeOutPatiently) {
  const command = new Command('get', ['key'], { replyEncoding: 'utf8' });
  const ends: string[] = [];
  command.promise.then(
    (reply) => ends.push(String(reply)),
    (error: Error) => ends.push(error.message),
  );
  through(command);
  return { command, ends };
}

test('a command whose time is over takes a reply that has come already', async () => {
  const { command, ends } = send();
  command.reject(new Error('Command timed out'));
  command.resolve(Buffer.from('value'));
  await nextTurn();
  expect(ends).toEqual(['value']);
});

test('without one it fails with the next turn of the event loop; for any other reason at once', async () => {
  const late = send();
  late.command.reject(new Error('Command timed out'));
  const lost = send();
  lost.command.reject(new Error('Connection is closed.'));
  await lost.command.promise.catch(() => undefined);
  expect([late.ends, lost.ends]).toEqual([[], ['Connection is closed.']]);
  await nextTurn();
  await nextTurn();
  expect(late.ends).toEqual(['Command timed out']);
});

test('the commands of a Cluster take one too', async () => {
  const cluster = new PatientCluster([{ host: '127.0.0.1', port: 1 }], { lazyConnect: true });
  // It keeps the command until it is connected.
  cluster.status = 'connecting';
  const { command, ends } = send((each) => cluster.sendCommand(each));
  command.reject(new Error('Command timed out'));
  command.resolve(Buffer.from('value'));
  await nextTurn();
  expect(ends).toEqual(['value']);
});
