import { closesConnection, readAnswer } from '../../tools/load/client/answer.ts';

const read = (text: string) => readAnswer(Buffer.from(text));

test('an answer is complete when as many bytes as it promised are there, and not before', () => {
  const text = 'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"ä":1';
  expect(read(text)).toBeNull();
  expect(read(`${text}}`)).toMatchObject({ status: 200, body: '{"ä":1}' });
  expect(read('HTTP/1.1 200 OK\r\nContent-Le')).toBeNull();
});

test('a chunked answer is joined, as a load balancer may send it', () => {
  const head = 'HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n';
  expect(read(`${head}3\r\nabc\r\n`)).toBeNull();
  expect(read(`${head}3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`)).toMatchObject({ status: 400, body: 'abcde' });
});

test('what is no answer of the product is one at once, with status 0: too long, or a chunk without a size', () => {
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
  expect(read(`${head}zz\r\nabc\r\n`)).toMatchObject({ status: 0 });
  expect(read(`${head}-5\r\nabc\r\n`)).toMatchObject({ status: 0 });
  expect(read(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(1_100_000)}`)).toMatchObject({ status: 0 });
});

test('an answer that ends its connection is recognised', () => {
  const answer = read('HTTP/1.1 503 Gone\r\nconnection: close\r\nContent-Length: 0\r\n\r\n');
  expect(answer && closesConnection(answer)).toBe(true);
});
