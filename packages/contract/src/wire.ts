/** The answer of `POST /api/auth/device/`. Times in seconds. (RFC 8628 §3.2) */
export interface DeviceCodeResponse {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  readonly expires_in: number;
  readonly interval: number;
  /** Two digits to show: the human may have to pick them. Absent if the operator does not use number matching. */
  readonly verification?: string;
}

/** An account's owner as every program sees them. */
export interface WireOwner {
  readonly first_name: string;
  readonly last_name: string;
}

/** An account as programs see it. */
export interface WireUser extends WireOwner {
  readonly id: number;
  readonly email: string;
}

/** An identity as programs see it. `inbox` repeats `email`; `phone` may be empty; times are ISO 8601. */
export interface WireIdentity {
  readonly uuid: string;
  readonly name: string;
  readonly email: string;
  readonly inbox: string;
  readonly phone: string;
  readonly created_dt: string;
  readonly updated_dt: string;
}

/** Converts a stored identity to the form that programs see. */
export function wireIdentity(identity: {
  readonly uuid: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}): WireIdentity {
  return {
    uuid: identity.uuid,
    name: identity.name,
    email: identity.email,
    inbox: identity.email,
    phone: identity.phone,
    created_dt: identity.createdAt,
    updated_dt: identity.updatedAt,
  };
}

/** The 200 answer of `POST /api/auth/device/token/`: one identity with its key, or the list of identities. */
export type DeviceTokenSuccess = {
  readonly access: string;
  readonly refresh: string;
  readonly management_key: string;
  readonly user: WireUser;
} & (
  | { readonly identity_key: string; readonly identity: WireIdentity }
  | { readonly identities: readonly WireIdentity[] }
);

/** The 200 answer of `POST /api/auth/token/refresh/`. */
export interface TokenRefreshSuccess {
  readonly access: string;
  readonly refresh: string;
}

/** The 200 answer of `POST /oauth/token`. (RFC 6749 §5.1) */
export interface OAuthTokenSuccess {
  readonly access_token: string;
  readonly token_type: 'Bearer' | 'DPoP';
  readonly expires_in: number;
  readonly refresh_token: string;
  readonly scope: string;
}

/** The 201 answer of the calls that create an API key: only here is the key itself shown. */
export interface WireNewApiKey extends WireApiKey {
  readonly key: string;
}

/** An API key as programs see it; times are ISO 8601. */
export interface WireApiKey {
  readonly id: string;
  readonly label: string;
  readonly prefix: string;
  readonly created_dt: string;
  readonly last_used_dt: string | null;
  readonly expires_dt: string | null;
  /** Present for identity keys. */
  readonly identity_uuid?: string;
}

/** A domain under which identities may have addresses. */
export interface WireDomain {
  readonly uuid: string;
  readonly domain: string;
  readonly is_platform: boolean;
  readonly is_verified: boolean;
  readonly created_dt: string;
}
