import { boolean, configTable, int, short } from '@samsa/base'
import { days, hours, minutes } from './units.ts'

/** Idempotent producers and transactions. */
export const transactionRows = configTable({
  'add.partitions.to.txn.retry.backoff.max.ms': int({
    default: 100,
    min: 0,
    unit: 'ms',
    importance: 'high',
    doc: 'Longest pause before a partition is verified again with the transaction coordinator.',
  }),
  'add.partitions.to.txn.retry.backoff.ms': int({
    default: 20,
    min: 1,
    unit: 'ms',
    importance: 'high',
    doc: 'First pause before a partition is verified again with the transaction coordinator.',
  }),
  'producer.id.expiration.check.interval.ms': int({
    default: 10 * minutes,
    min: 1,
    unit: 'ms',
    importance: 'low',
    internal: true,
    doc: 'How often producer ids are looked through for expired ones.',
  }),
  'producer.id.expiration.ms': int({
    default: days,
    min: 1,
    unit: 'ms',
    live: 'cluster-wide',
    importance: 'low',
    doc: "How long a partition remembers an idle producer's sequence numbers, which keep its retries from becoming duplicates.",
  }),
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': int({
    default: 10_000,
    min: 1,
    unit: 'ms',
    importance: 'low',
    doc: 'How often transactions are looked through for those that ran out of time.',
  }),
  'transaction.max.timeout.ms': int({
    default: 15 * minutes,
    min: 1,
    unit: 'ms',
    importance: 'high',
    doc: 'Longest transaction timeout a producer may ask for.',
  }),
  'transaction.partition.verification.enable': boolean({
    default: true,
    live: 'cluster-wide',
    importance: 'low',
    doc: 'Ask the coordinator whether a transaction is open before its records are written.',
  }),
  'transaction.remove.expired.transaction.cleanup.interval.ms': int({
    default: hours,
    min: 1,
    unit: 'ms',
    importance: 'low',
    doc: 'How often transactional ids are looked through for expired ones.',
  }),
  'transaction.state.log.load.buffer.size': int({
    default: 5_242_880,
    min: 1,
    unit: 'bytes',
    importance: 'high',
    doc: 'Bytes read at a time when the coordinator loads transactions.',
  }),
  'transaction.state.log.min.isr': int({
    default: 2,
    min: 1,
    importance: 'high',
    doc: 'In-sync replicas the transaction topic needs to be written.',
  }),
  'transaction.state.log.num.partitions': int({
    default: 50,
    min: 1,
    importance: 'high',
    doc: 'Partitions of the transaction topic. Not to be changed once it exists.',
  }),
  'transaction.state.log.replication.factor': short({
    default: 3,
    min: 1,
    importance: 'high',
    doc: 'Replicas of the transaction topic. A cluster with fewer brokers makes do with what it has.',
  }),
  'transaction.state.log.segment.bytes': int({
    default: 104_857_600,
    min: 1,
    unit: 'bytes',
    importance: 'high',
    doc: 'Segment size of the transaction topic.',
  }),
  'transaction.two.phase.commit.enable': boolean({
    default: false,
    importance: 'low',
    doc: 'Allow transactions that an outside coordinator commits and that never time out (KIP-939).',
  }),
  'transactional.id.expiration.ms': int({
    default: 7 * days,
    min: 1,
    unit: 'ms',
    importance: 'high',
    doc: 'How long an idle transactional id is remembered.',
  }),
})
