import { readBody } from '../../http/read-body.ts';
import type { Routes } from '../../http/routes.ts';
import { paths } from '../../pages/paths.ts';
import { endProgram, type ProgramsPagesDeps, showPrograms } from './programs.ts';

/** Mounts the page of an account's programs. */
export function mountPages({ router }: Routes, deps: ProgramsPagesDeps): void {
  router.get(paths.programs, showPrograms(deps));
  router.post(paths.endProgram, readBody(), endProgram(deps));
}
