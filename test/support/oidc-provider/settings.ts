/** What the provider's process is told, as JSON in its one argument. */
export interface OidcProviderSettings {
  /** Where it is reached; it listens elsewhere and says where. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUris: readonly string[];
}
