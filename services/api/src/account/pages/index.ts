import { readBody } from '../../http/read-body.ts';
import type { Routes } from '../../http/routes.ts';
import { paths } from '../../pages/paths.ts';
import { seeOther } from '../../pages/see-other.ts';
import { type ActivityPagesDeps, showActivity } from './activity.ts';
import { type DeletePagesDeps, showDelete, showDeleted, submitDelete } from './delete.ts';
import { endProgram, type ProgramsPagesDeps, showPrograms } from './programs.ts';

/** Mounts the pages of an account's programs and activity, and of its deletion. */
export function mountPages(
  { router }: Routes,
  deps: ProgramsPagesDeps & ActivityPagesDeps & DeletePagesDeps,
): void {
  router.get(paths.account, (ctx) => seeOther(ctx, paths.programs));
  router.get(paths.activity, showActivity(deps));
  router.get(paths.deleteAccount, showDelete(deps));
  router.post(paths.deleteAccount, readBody(), submitDelete(deps));
  router.get(paths.accountDeleted, showDeleted);
  router.get(paths.programs, showPrograms(deps));
  router.get(paths.endProgram, (ctx) => seeOther(ctx, paths.programs));
  router.post(paths.endProgram, readBody(), endProgram(deps));
}
