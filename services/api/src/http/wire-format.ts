import type { Middleware } from 'koa';
import { type PlainBody, plainJson } from './plain-body.ts';
import { type JsonAnswer, problemAnswer } from './problem-answer.ts';
import type { Problem } from './problem.ts';
import { readBody } from './read-body.ts';

/** How one API takes its calls and tells its problems. */
export interface WireFormat {
  /** The form of body that nearly every program sends. */
  readonly plainBody: PlainBody;
  /** Reads every form of body that the API takes into `ctx.request.body`. */
  readonly readBody: Middleware;
  /** A problem as the API's clients read it; null is a fault of ours. */
  readonly answerProblem: (problem: Problem | null, requestId: string) => JsonAnswer;
}

/** The JSON API: JSON, urlencoded and multipart bodies alike. */
export const jsonFormat: WireFormat = {
  plainBody: plainJson,
  readBody: readBody(),
  answerProblem: problemAnswer,
};
