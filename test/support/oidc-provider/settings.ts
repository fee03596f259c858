/** What the provider's process is told, as JSON in its one argument. */
export interface OidcProviderSettings {
  readonly port: number;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUris: readonly string[];
}
