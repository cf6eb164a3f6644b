export { LargeBuffers } from './core/connection/large-buffers.js';
export { CoarseDeadlines } from './core/deadlines/coarse-deadlines.js';
export type { DeadlineLine, DeadlineSource, DeadlineTask } from './core/deadlines/deadlines.js';
export type { MalformedReason, OversizeReason } from './core/parsing/malformed.js';
export type { ParserLimits } from './core/parsing/parser-limits.js';
export type { NativeClientOptions } from './core/pool/native-client-options.js';
export { NativeClient, type NativeClientStats } from './core/pool/native.client.js';
export type {
  ChunkLease,
  Exchange,
  ExchangeHandler,
  UpstreamClient,
  UpstreamClientStats,
  UpstreamRequest,
} from './core/upstream-client.js';
export { UpstreamError, type UpstreamErrorCode } from './core/upstream-error.js';
export type { UnwritableReason } from './core/writing/unwritable-request.js';
