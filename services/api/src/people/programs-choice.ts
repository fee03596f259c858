import { z } from 'zod';

/** What becomes of the programs and keys of an account: they go on, or all of them end. */
export const programsChoice = z.enum(['keep', 'end']);

export type ProgramsChoice = z.infer<typeof programsChoice>;
