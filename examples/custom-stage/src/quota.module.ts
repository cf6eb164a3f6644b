import { Module } from '@nestjs/common';
import { QuotaLedger } from './quota-ledger.service.js';
import { QuotaRefusalsController } from './quota-refusals.controller.js';

@Module({
  controllers: [QuotaRefusalsController],
  providers: [QuotaLedger],
  exports: [QuotaLedger],
})
export class QuotaModule {}
