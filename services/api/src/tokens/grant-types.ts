import type { PresentingClient } from '@ravi/device-login';
import type { Call } from '../http/call.ts';
import type { Parameters } from './parameters.ts';

/** How a program asks for tokens: what a value of `grant_type` stands for. (RFC 6749 §4.5) */
export interface GrantType {
  /** The parameter that holds what is exchanged. */
  readonly parameter: string;
  /**
   * Answers through the call's reply. The client is known; `prove` tells it with the key that it proves, once, and rejects where a proof
   * is missing or wrong, or Redis is away.
   */
  serve(call: Call, parameters: Parameters, prove: () => Promise<PresentingClient>): Promise<void>;
}

/** The grant types that are served: each registers itself, and the token endpoint and the metadata read them here. */
export class GrantTypes {
  readonly #types = new Map<string, GrantType>();

  /** Serves this grant type from now on. */
  register(name: string, type: GrantType): void {
    this.#types.set(name, type);
  }

  /** The grant type of this name; undefined where it is not served. */
  find(name: string): GrantType | undefined {
    return this.#types.get(name);
  }

  /** Their names, in the order in which they were registered. */
  get names(): readonly string[] {
    return [...this.#types.keys()];
  }
}
