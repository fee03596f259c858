import { z } from 'zod';
import { approvalFields, type ApprovalRequest, approvalRequest } from '../approval-request.ts';
import { parseBody } from '../../http/parse-body.ts';
import type { ChosenTerms } from './access-choice.ts';

const approvalForm = z.object(approvalFields);

/** The value of the page's list: a scope, optionally with an identity; empty if none was chosen. Other values are refused. */
const accessForm = z.object({
  access: z
    .string()
    .regex(/^(?:(?:account|identity)(?:\.[\da-f-]{36}|\.new)?)?$/, 'must be an entry of the list')
    .optional(),
});

/** The form's content: an approval request, or the problem that it names a new identity and chooses something else. */
export type DecisionForm =
  | { readonly kind: 'request'; readonly request: ApprovalRequest }
  | { readonly kind: 'nameWithoutNewIdentity' };

/**
 * Reads the approval request from the confirmation's form. A name alone means a new identity, and not beside another choice: browsers send
 * it also where that choice hid its field. Throws 400.
 */
export function readDecision(body: unknown): DecisionForm {
  const form = parseBody(accessForm, body);
  const fields = parseBody(approvalForm, spreadAccess(body, form));
  const request = approvalRequest(fields);
  if (fields.identity_name === '' || request.identity.kind === 'new') return { kind: 'request', request };
  if (request.identity.kind === 'existing' || form.access === 'account')
    return { kind: 'nameWithoutNewIdentity' };
  return { kind: 'request', request: { ...request, identity: { kind: 'new', name: fields.identity_name } } };
}

/** The choices of a form that is shown again. Invalid values count as no choice. */
export function chosenTerms(body: unknown): ChosenTerms {
  const form = approvalForm.safeParse(spreadAccess(body, accessForm.safeParse(body).data ?? { access: '' }));
  if (!form.success) return {};
  const {
    identity_uuid: identity,
    identity_name: identityName,
    key_scope: scope,
    key_ttl: ttl,
    verification: number,
  } = form.data;
  return { identity, identityName, scope, ttlSeconds: ttl, number };
}

/** The form's choice as the two fields of the JSON call. No choice means the smaller scope, and the identity must then be named. */
function spreadAccess(body: unknown, { access }: z.infer<typeof accessForm>): unknown {
  if (access === undefined) return body;
  const [key_scope, identity_uuid = ''] = (access || 'identity').split('.');
  return { ...(body as object), key_scope, identity_uuid };
}
