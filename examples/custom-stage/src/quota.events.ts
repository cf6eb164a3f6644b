import { EventKey } from '@app/gateway';

/** A partner asked for more than its day's share. */
export const quotaExceeded = new EventKey<{ readonly partner: string; readonly route: string }>('quota.exceeded');
