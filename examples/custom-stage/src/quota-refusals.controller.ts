import { Controller, Get, type OnModuleInit } from '@nestjs/common';
import { Events } from '@app/gateway';
import { quotaExceeded } from './quota.events.js';

/**
 * An ordinary Nest controller beside the gateway's own. Below /admin it is as closed as the rest of the control plane:
 * open to callers on loopback, or with the management token.
 */
@Controller('admin/quota-refusals')
export class QuotaRefusalsController implements OnModuleInit {
  private readonly refusals = new Map<string, number>();

  constructor(private readonly events: Events) {}

  onModuleInit(): void {
    this.events.on(quotaExceeded, ({ partner }) => {
      this.refusals.set(partner, (this.refusals.get(partner) ?? 0) + 1);
    });
  }

  @Get()
  list(): Record<string, number> {
    return Object.fromEntries(this.refusals);
  }
}
