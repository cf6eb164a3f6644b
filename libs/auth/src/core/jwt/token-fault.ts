/** Why a token is refused. Stable: metrics and messages are decided by it. */
export type TokenFault =
  /** Larger than the provider takes. */
  | 'too-large'
  /** No JWS in compact form, or its JSON is broken, ambiguous or too deep. */
  | 'malformed'
  /** The header brings a key along, has an extension that must be understood, or names another kind of token. */
  | 'header'
  /** Another algorithm than the provider pins. */
  | 'algorithm'
  /** No key of the provider has that `kid` and fits the algorithm. */
  | 'key-unknown'
  /** There are no keys yet: the issuer could not be asked. */
  | 'keys-unavailable'
  | 'signature'
  | 'expired'
  | 'not-yet-valid'
  /** Good for longer than the provider lets tokens be. */
  | 'lifetime'
  | 'issuer'
  | 'audience'
  /** A claim is missing or of another type than RFC 7519 gives it. */
  | 'claims';
