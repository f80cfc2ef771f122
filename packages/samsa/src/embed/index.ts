// What `import … from 'samsa'` gives: a broker in one's own process, and the clients.
export * from '@samsa/client'
export {
  type LogFields,
  type Logger,
  type SimulatedWorld,
  type World,
  createLogger,
  silentLogger,
  simulatedWorld,
} from '@samsa/base'
export type { ErrorName } from '@samsa/protocol'
export type { Fault, FaultMoment, FaultTarget } from './faults/fault.ts'
export type { Faults } from './faults/faults.ts'
export type { SamsaOptions, TopicToStart } from './options.ts'
export type { ReadOptions, StoredRecord } from './read-topic.ts'
export { type EmbeddedOutside, type Samsa, startSamsa } from './samsa.ts'
