import type { KafkaTool } from '@samsa/cli'
import type { ServerParts } from './server-parts.ts'

/**
 * Kafka's tools that start, stop and prepare a node, by name. They stand here and not among the other tools because they
 * need what a node is made of, which is loaded when they run.
 */
export const serverTools: Readonly<Record<string, (parts: ServerParts) => Promise<KafkaTool>>> = {
  'kafka-server-start': async parts => (await import('./kafka-server-start.ts')).kafkaServerStart(parts),
  'kafka-server-stop': async parts => (await import('./kafka-server-stop.ts')).kafkaServerStop(parts),
  'kafka-storage': async parts => (await import('./kafka-storage.ts')).kafkaStorage(parts),
}
