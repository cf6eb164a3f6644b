import { Injectable } from '@nestjs/common';

const DAY_MS = 86_400_000;

export interface QuotaUse {
  /** Requests left today after this one; -1 when there were none. */
  readonly left: number;
  /** Seconds until the day ends. */
  readonly resetS: number;
}

/** Counts in the memory of this process. The names are those of the configuration, so they are few. */
@Injectable()
export class QuotaLedger {
  private day = 0;
  private readonly used = new Map<string, number>();

  take(route: string, partner: string, perDay: number, nowMs = Date.now()): QuotaUse {
    const day = Math.floor(nowMs / DAY_MS);
    if (day !== this.day) {
      this.day = day;
      this.used.clear();
    }
    const key = `${route} ${partner}`;
    const used = this.used.get(key) ?? 0;
    if (used < perDay) this.used.set(key, used + 1);
    return { left: perDay - used - 1, resetS: Math.ceil(((day + 1) * DAY_MS - nowMs) / 1_000) };
  }
}
