import type { Fields } from './field.ts'
import { Message } from './message.ts'

/**
 * A kind of record of Kafka's logs about the cluster itself: of its metadata (KIP-631) and of what is in remote storage
 * (KIP-405). There is no key; the value says in front what it is:
 *
 *   frameVersion  type  version │ message
 *   └──── unsigned varints ───┘
 */
export interface FramedRecord<F extends Fields = Fields> {
  readonly type: number
  readonly message: Message<F>
}

export interface FramedRecordOptions<F extends Fields> {
  readonly name: string
  readonly type: number
  /** The oldest and the newest version, all flexible (KIP-482). */
  readonly versions: readonly [min: number, max: number]
  readonly fields: () => F
}

/** Declares a kind of framed record. */
export function framedRecord<const F extends Fields>(options: FramedRecordOptions<F>): FramedRecord<F> {
  const { name, type, versions, fields } = options
  return { type, message: new Message({ name, versions, flexible: 0, fields }) }
}
