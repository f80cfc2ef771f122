export { type BufferPool, SMALLEST_POOLED_BYTES } from './buffer-pool.ts'
export { type FrameClient, type FrameClientOptions, openFrameClient } from './frame-client.ts'
export { type FrameMemory, frameMemory } from './frame-memory.ts'
export { type FrameListener, type ServeFramesOptions, serveFrames } from './frame-server.ts'
export type { FrameParts } from './gather.ts'
export { type FrameLimits, defaultLimits } from './limits.ts'
export type {
  FrameConnection,
  FrameHandler,
  Outgoing,
  ReleasedAnswer,
  TrafficCounters,
} from './served-connection.ts'
