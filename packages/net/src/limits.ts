/** What a listener allows. The object is read at each use, so changes apply to connections that are open already. */
export interface FrameLimits {
  /** Largest frame, in bytes without its length. Kafka: socket.request.max.bytes. */
  maxFrameBytes: number
  /** How many frames of one connection may be served at a time; more are not read. */
  maxInFlight: number
  /** How many bytes of answers may wait for a slow reader before no more of its frames are read. */
  maxQueuedAnswerBytes: number
  /** A connection on which nothing moves for that long is closed; -1 never. Kafka: connections.max.idle.ms. */
  idleMs: number
  /** Kafka: max.connections. */
  maxConnections: number
  /** Kafka: max.connections.per.ip, or a function of the address for max.connections.per.ip.overrides. */
  maxConnectionsPerIp: number | ((ip: string) => number)
  /**
   * How many milliseconds the connection that has just come is to wait before it is read; Infinity refuses it. Asked
   * once for each. Kafka: max.connection.creation.rate (KIP-612).
   */
  connectionDelayMs: () => number
  /** How long a frame that keeps others from memory may take before its connection is closed. */
  memoryHogMs: number
}

export const defaultLimits: Readonly<FrameLimits> = {
  maxFrameBytes: 100 * 1024 * 1024,
  maxInFlight: 32,
  maxQueuedAnswerBytes: 4 * 1024 * 1024,
  idleMs: 600_000,
  maxConnections: Number.POSITIVE_INFINITY,
  maxConnectionsPerIp: Number.POSITIVE_INFINITY,
  connectionDelayMs: () => 0,
  memoryHogMs: 30_000,
}
