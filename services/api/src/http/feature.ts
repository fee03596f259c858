import type { Routes } from './routes.ts';

/** A part of the api that mounts itself. */
export interface Feature {
  mount(routes: Routes): void;
  /** The process stops: answers what is held and holds no more. */
  stopHolding?(): void;
  /** Resolves once everything that the feature began is finished. No request is served any more. */
  close?(): Promise<void>;
}
