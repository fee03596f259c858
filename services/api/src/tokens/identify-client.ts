import type { Call } from '../http/call.ts';
import { Problem } from '../http/problem.ts';
import { basicCredentials } from './basic-credentials.ts';
import type { Parameters } from './parameters.ts';

/**
 * The `client_id` that a call names: as a parameter, or as the name of an `Authorization: Basic` without password, as some
 * libraries send it. Throws where it names none or two, or comes with a secret: our clients are public. (RFC 6749 §2.3, §3.2.1)
 */
export function namedClientId({ headers }: Pick<Call, 'headers'>, parameters: Parameters): string {
  const header = headers.authorization ?? '';
  const basic = basicCredentials(header);
  if (header !== '' && !basic) {
    const sentence =
      'Send client_id and no Authorization, or Basic with the client_id and an empty password.';
    throw new Problem('invalid_client', sentence);
  }
  const secret = basic?.secret ?? '';
  if (secret !== '' || parameters['client_secret'] !== undefined) {
    throw new Problem('invalid_client', 'Clients are public here: send client_id, and no secret.');
  }
  const { client_id: named = basic?.id } = parameters;
  if (named === undefined) {
    throw new Problem('invalid_request', 'client_id is required.', { field: 'client_id' });
  }
  if (basic && basic.id !== named) {
    throw new Problem('invalid_request', 'Two clients are named.', { field: 'client_id' });
  }
  return named;
}

export const unknownClient = () => new Problem('invalid_client', 'This client_id is not known here.');
