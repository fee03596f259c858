import type { CustomFetch } from 'openid-client';

/** The longest answer of a provider that is read, in bytes: its metadata, keys and tokens take some kilobytes. */
const maxBytes = 1024 * 1024;

/** Asks a provider. Reading an answer that is too long fails: none shall fill our memory. */
export const fetchFromProvider: CustomFetch = async (url, options) => {
  const response = await fetch(url, options as RequestInit);
  let length = 0;
  const bounded = response.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(bytes, controller) {
        length += bytes.length;
        if (length > maxBytes) controller.error(new Error(`The answer is longer than ${maxBytes} bytes.`));
        else controller.enqueue(bytes);
      },
    }),
  );
  return bounded === undefined ? response : new Response(bounded, response);
};
