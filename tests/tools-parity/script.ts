import type { Admin } from '@samsa/client'

/** A cluster that command lines are run against. */
export interface Subject {
  readonly name: 'kafka' | 'samsa'
  /** `host:port`. */
  readonly bootstrap: string
  /** For what a script prepares and looks up. */
  readonly admin: Admin
}

/**
 * One command line: Kafka's name of the tool, then its arguments, which may be in quotes. In it `{server}` is where the
 * broker is, `{files}` the directory of the script's files, and other words in braces what a preparation found.
 */
export type Line =
  | string
  | {
      readonly line: string
      /** The standard input. */
      readonly input?: string
      /** The order of the lines says nothing (Java's hash maps). */
      readonly isUnordered?: boolean
    }

/** What has to be so before the next lines; what it answers can be used in them in braces. */
export type Preparation = (subject: Subject) => Promise<Readonly<Record<string, string>>>

/** Command lines run in turn, on each broker once with Kafka's tools and once with ours. Topics are deleted in between. */
export interface Script {
  readonly name: string
  readonly steps: readonly (Line | Preparation)[]
  readonly files?: Readonly<Record<string, string>>
  /** On three brokers of Kafka, in place of one of each kind: Samsa is one broker yet. */
  readonly needsThreeBrokers?: boolean
  /** Only for this broker; the other does not serve it yet. */
  readonly only?: { readonly subject: Subject['name']; readonly because: string }
  /** Replaces what two runs cannot agree on, after what is replaced everywhere. */
  normalise?(text: string): string
}

/** Kafka's brokers hear of changes a little later than the controller. */
export const aMomentLater: Preparation = async () => {
  await new Promise(done => setTimeout(done, 300))
  return {}
}

/** A topic, and that many records in each of its partitions. */
export function topicWithRecords(name: string, partitions: number, records: number): Preparation {
  return async ({ admin, bootstrap }) => {
    const { Producer } = await import('@samsa/client')
    // The records are of 2023: without this they would be too old to be kept.
    await admin.createTopic({ name, partitions, configs: { 'retention.ms': -1 } })
    await using producer = new Producer<string, string>({ 'bootstrap.servers': bootstrap })
    for (let partition = 0; partition < partitions; partition++) {
      for (let n = 0; n < records; n++) {
        await producer.send({
          topic: name,
          partition,
          value: `record ${n}`,
          timestamp: 1_700_000_000_000 + n,
        })
      }
    }
    return {}
  }
}
