import { readBody } from '../../http/read-body.ts';
import type { Routes } from '../../http/routes.ts';
import { paths } from '../../pages/paths.ts';
import { type ActivityPagesDeps, showActivity } from './activity.ts';
import { endProgram, type ProgramsPagesDeps, showPrograms } from './programs.ts';

/** Mounts the pages of an account's programs and activity. */
export function mountPages({ router }: Routes, deps: ProgramsPagesDeps & ActivityPagesDeps): void {
  router.get(paths.activity, showActivity(deps));
  router.get(paths.programs, showPrograms(deps));
  router.post(paths.endProgram, readBody(), endProgram(deps));
}
