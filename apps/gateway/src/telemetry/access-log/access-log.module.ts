import { Inject, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { ConfigSnapshot } from '../../config/index.js';
import { Events } from '../../pipeline/contract/events.js';
import { DataPlane } from '../../pipeline/data-plane.js';
import { requestEnded } from '../../pipeline/request-events.js';
import { Logs } from '../logs/logs.js';
import { AccessLog } from './access-log.js';

/** Joins the end of each request to its line in the log. */
@Module({})
export class AccessLogModule implements OnModuleInit {
  constructor(
    @Inject(Events) private readonly events: Events,
    @Inject(DataPlane) private readonly plane: DataPlane,
    @Inject(ConfigSnapshot) private readonly snapshot: ConfigSnapshot,
    @Inject(Logs) private readonly logs: Logs,
  ) {}

  /** @param pipeline the module that gives the data plane and its events */
  static register(pipeline: DynamicModule): DynamicModule {
    return { module: AccessLogModule, imports: [pipeline] };
  }

  onModuleInit(): void {
    if (!this.logs.enabled) return;
    const cached = this.plane.pipelines.map(({ stages }) => stages.includes('cache'));
    const log = new AccessLog(this.logs, this.snapshot.config, cached);
    if (log.wanted) this.events.on(requestEnded, (context) => log.ended(context));
  }
}
