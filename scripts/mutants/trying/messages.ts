import { z } from 'zod';

/** A place of a file, and the names of the breaks there. */
const placeSchema = z.object({ file: z.string(), at: z.number(), names: z.array(z.string()) });

/** What a process that tries breaks is asked. */
export const questionSchema = z.discriminatedUnion('kind', [
  /** Runs a file without a break: which tests run which places and scripts? */
  z.object({
    kind: z.literal('survey'),
    tests: z.string(),
    places: z.array(placeSchema),
    scripts: z.array(z.string()),
  }),
  /** Breaks a file: does one of these tests notice? */
  z.object({
    kind: z.literal('try'),
    file: z.string(),
    source: z.string(),
    /** Tests by their file, in the order in which they are run. */
    tests: z.array(z.object({ file: z.string(), usualMs: z.record(z.string(), z.number()) })),
  }),
]);

const surveyedSchema = z.object({
  kind: z.literal('surveyed'),
  tests: z.array(
    z.object({
      name: z.string(),
      ms: z.number(),
      error: z.string().nullable(),
      /** The names of the breaks whose places it runs, and the files of the scripts. */
      runs: z.array(z.string()),
    }),
  ),
  /** What ran before, between and after the tests. */
  around: z.array(z.string()),
});

export const noticeSchema = z.object({ file: z.string(), test: z.string(), error: z.string() });

const triedSchema = z.object({
  kind: z.literal('tried'),
  /** The test that noticed it; null for none. The test's name is empty if its file could not be loaded. */
  noticedBy: noticeSchema.nullable(),
  /** Whether a test only waited in vain; what it waited for may still run in the process. */
  isDoubtful: z.boolean(),
});

export const answerSchema = z.discriminatedUnion('kind', [surveyedSchema, triedSchema]);

export type Question = z.infer<typeof questionSchema>;
export type Answer = z.infer<typeof answerSchema>;
export type Surveyed = z.infer<typeof surveyedSchema>;
export type Tried = z.infer<typeof triedSchema>;
export type Notice = z.infer<typeof noticeSchema>;
