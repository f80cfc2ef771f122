/**
 * A broker in the process of the tests: `startSamsa`, the faults it can be given, and simulated time.
 *
 * @module
 */
export { type EmbeddedOutside, type Samsa, startSamsa } from '../samsa.ts'
export type { SamsaOptions, TopicToStart } from '../options.ts'
export type { ReadOptions, StoredRecord } from '../read-topic.ts'
export type { Faults } from '../faults/faults.ts'
export type { Fault, FaultMoment, FaultTarget } from '../faults/fault.ts'
export { type SimulatedWorld, type SimulationOptions, simulatedWorld } from '@samsa/base'
