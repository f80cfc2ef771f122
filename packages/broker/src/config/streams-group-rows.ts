import { INT_MAX, configTable, int } from '@samsa/base'
import { minutes } from './units.ts'

/** Groups of Kafka Streams applications (KIP-1071). */
export const streamsGroupRows = configTable({
  'group.streams.assignment.interval.ms': int({
    default: 1000,
    min: 0,
    unit: 'ms',
    live: 'cluster-wide',
    importance: 'medium',
    doc: 'Least time between two assignments of a streams group.',
  }),
  'group.streams.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    unit: 'ms',
    importance: 'medium',
    doc: 'How often members are told to send a heartbeat.',
  }),
  'group.streams.initial.rebalance.delay.ms': int({
    default: 3000,
    min: 0,
    unit: 'ms',
    importance: 'medium',
    doc: 'How long the first assignment of an empty streams group waits for more members.',
  }),
  'group.streams.max.assignment.interval.ms': int({
    default: 15_000,
    min: 0,
    unit: 'ms',
    importance: 'medium',
    doc: 'Largest assignment interval a streams group may be given.',
  }),
  'group.streams.max.heartbeat.interval.ms': int({
    default: 15_000,
    min: 1,
    unit: 'ms',
    importance: 'medium',
    doc: 'Largest heartbeat interval a streams group may be given.',
  }),
  'group.streams.max.session.timeout.ms': int({
    default: minutes,
    min: 1,
    unit: 'ms',
    importance: 'medium',
    doc: 'Largest session timeout a streams group may be given.',
  }),
  'group.streams.max.size': int({
    default: INT_MAX,
    min: 1,
    importance: 'medium',
    doc: 'Most members of a streams group.',
  }),
  'group.streams.max.standby.replicas': int({
    default: 2,
    min: 0,
    importance: 'medium',
    doc: 'Most standby replicas a streams group may be given.',
  }),
  'group.streams.min.assignment.interval.ms': int({
    default: 0,
    min: 0,
    unit: 'ms',
    importance: 'medium',
    doc: 'Smallest assignment interval a streams group may be given.',
  }),
  'group.streams.min.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    unit: 'ms',
    importance: 'medium',
    doc: 'Smallest heartbeat interval a streams group may be given.',
  }),
  'group.streams.min.session.timeout.ms': int({
    default: 45_000,
    min: 1,
    unit: 'ms',
    importance: 'medium',
    doc: 'Smallest session timeout a streams group may be given.',
  }),
  'group.streams.num.standby.replicas': int({
    default: 0,
    min: 0,
    importance: 'medium',
    doc: 'Standby replicas of a state store.',
  }),
  'group.streams.session.timeout.ms': int({
    default: 45_000,
    min: 1,
    unit: 'ms',
    importance: 'medium',
    doc: 'A member that was silent for this long is removed.',
  }),
})
