import type { TokenFault } from '@app/auth';

/** Why credentials were refused. */
export type CredentialFault = TokenFault | 'ambiguous' | 'api-key-unknown';

/** Why a request was refused here. Stable, and few: the label of a metric. */
export type RefusalReason = CredentialFault | 'missing' | 'forbidden' | 'ip-denied';
