import type { Routes } from './routes.ts';

/** A part of the api that mounts itself. */
export interface Feature {
  mount(routes: Routes): void;
  /** The process stops: answers the held requests and holds no more. */
  stopHolding?(): void;
  /** Resolves once all work of the feature is finished. It is called when no more requests are served. */
  close?(): Promise<void>;
}
