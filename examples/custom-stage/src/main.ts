import { startGateway } from '@app/gateway';
import { QuotaModule } from './quota.module.js';
import { QuotaStage } from './quota.stage.js';

// The stage class goes to the gateway, which makes it a provider; the module brings what the stage injects.
process.exit(await startGateway({ stages: [QuotaStage], imports: [QuotaModule] }));
