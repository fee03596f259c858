import type { Middleware } from 'koa';
import { type PlainBody, plainJson } from './plain-body.ts';
import { type JsonAnswer, problemAnswer } from './problem-answer.ts';
import type { Problem } from './problem.ts';
import { readBody } from './read-body.ts';

/** How one API reads calls and answers problems. */
export interface WireFormat {
  /** The body format that nearly every program sends. */
  readonly plainBody: PlainBody;
  /** Reads every body format that the API accepts into `ctx.request.body`. */
  readonly readBody: Middleware;
  /** The API's answer to a problem; null is an unexpected error. */
  readonly answerProblem: (problem: Problem | null, requestId: string) => JsonAnswer;
}

/** The JSON API: JSON, urlencoded and multipart bodies alike. */
export const jsonFormat: WireFormat = {
  plainBody: plainJson,
  readBody: readBody(),
  answerProblem: problemAnswer,
};
