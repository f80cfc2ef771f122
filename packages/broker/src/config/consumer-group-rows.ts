import { INT_MAX, configTable, enumeration, int, list } from '@samsa/base'
import { minutes } from './units.ts'

/** Consumer groups of the newer protocol (KIP-848). */
export const consumerGroupRows = configTable({
  'group.consumer.assignment.interval.ms': int({
    default: 1000,
    min: 0,
    unit: 'ms',
    live: 'cluster-wide',
    importance: 'medium',
    doc: 'Least time between two assignments of a group.',
  }),
  'group.consumer.assignors': list({
    default: ['uniform', 'range'],
    nonEmpty: true,
    importance: 'medium',
    doc: 'Assignors a group can choose from; the first is the default.',
  }),
  'group.consumer.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    unit: 'ms',
    importance: 'medium',
    doc: 'How often members are told to send a heartbeat.',
  }),
  'group.consumer.max.assignment.interval.ms': int({
    default: 15_000,
    min: 0,
    unit: 'ms',
    importance: 'medium',
    doc: 'Largest assignment interval a group may be given.',
  }),
  'group.consumer.max.heartbeat.interval.ms': int({
    default: 15_000,
    min: 1,
    unit: 'ms',
    importance: 'medium',
    doc: 'Largest heartbeat interval a group may be given.',
  }),
  'group.consumer.max.session.timeout.ms': int({
    default: minutes,
    min: 1,
    unit: 'ms',
    importance: 'medium',
    doc: 'Largest session timeout a group may be given.',
  }),
  'group.consumer.max.size': int({
    default: INT_MAX,
    min: 1,
    importance: 'medium',
    doc: 'Most members of a group.',
  }),
  'group.consumer.migration.policy': enumeration({
    default: 'bidirectional',
    values: ['disabled', 'downgrade', 'upgrade', 'bidirectional'],
    anyCase: true,
    importance: 'medium',
    doc: 'Whether a group may change between the classic and the newer protocol while it has members, and in which direction.',
  }),
  'group.consumer.min.assignment.interval.ms': int({
    default: 0,
    min: 0,
    unit: 'ms',
    importance: 'medium',
    doc: 'Smallest assignment interval a group may be given.',
  }),
  'group.consumer.min.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    unit: 'ms',
    importance: 'medium',
    doc: 'Smallest heartbeat interval a group may be given.',
  }),
  'group.consumer.min.session.timeout.ms': int({
    default: 45_000,
    min: 1,
    unit: 'ms',
    importance: 'medium',
    doc: 'Smallest session timeout a group may be given.',
  }),
  'group.consumer.regex.refresh.interval.ms': int({
    default: 10 * minutes,
    min: 10_000,
    unit: 'ms',
    importance: 'medium',
    internal: true,
    doc: 'How often subscriptions by pattern are compared with the topics there are.',
  }),
  'group.consumer.session.timeout.ms': int({
    default: 45_000,
    min: 1,
    unit: 'ms',
    importance: 'medium',
    doc: 'A member that was silent for this long is removed.',
  }),
})
