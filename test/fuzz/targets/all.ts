import type { FuzzTarget } from '../harness/fuzz-target.js';
import { cacheFieldsTarget } from './cache-fields.target.js';
import { credentialsTarget } from './credentials.target.js';
import { forwardedTarget } from './forwarded.target.js';
import { pathTarget } from './path.target.js';
import { requestHeadTarget } from './request-head.target.js';
import { requestWriterTarget } from './request-writer.target.js';
import { responseTarget } from './response.target.js';

export const targets: readonly FuzzTarget[] = [
  responseTarget,
  requestWriterTarget,
  requestHeadTarget,
  pathTarget,
  forwardedTarget,
  credentialsTarget,
  cacheFieldsTarget,
];
