import type { CompleteOf, DraftOf, Fields } from './field.ts'

/**
 * The schema of one message: fields, versions, and from which version on its encoding is flexible.
 *
 * Building one costs next to nothing; fields and codecs are made at first use and kept in it.
 */
export class Message<F extends Fields = Fields> {
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
  /** The first version with variable-length sizes and tag sections (KIP-482); `Infinity` when there is none. */
  readonly firstFlexible: number
  /** Codecs by version, filled by the codec at first use. */
  readonly codecs: unknown[] = []
  readonly #declare: () => F
  #fields: F | undefined

  constructor(options: MessageOptions<F>) {
    this.name = options.name
    this.minVersion = options.versions[0]
    this.maxVersion = options.versions[1]
    this.firstFlexible = options.flexible === 'none' ? Number.POSITIVE_INFINITY : options.flexible
    this.#declare = options.fields
  }

  get fields(): F {
    this.#fields ??= this.#declare()
    return this.#fields
  }

  /** Whether a version has variable-length sizes and tag sections. */
  isFlexible(version: number): boolean {
    return version >= this.firstFlexible
  }
}

export interface MessageOptions<F extends Fields> {
  readonly name: string
  /** The oldest and the newest version. */
  readonly versions: readonly [min: number, max: number]
  /** The first flexible version. */
  readonly flexible: number | 'none'
  /** A function, since a program speaks few of all messages: the fields of the others would cost it milliseconds at its start. */
  readonly fields: () => F
}

/** A message of any schema. */
export type AnyMessage = Message<Fields>

/** Data that is stored or passed inside other messages, such as the values of `__consumer_offsets`. */
export function message<const F extends Fields>(options: MessageOptions<F>): Message<F> {
  return new Message(options)
}

/** What decoding a message gives: every field has a value, whatever the version. */
export type MessageOf<M extends AnyMessage> = CompleteOf<M['fields']>
/** What encoding a message takes: fields with a default may be left out. */
export type MessageDraftOf<M extends AnyMessage> = DraftOf<M['fields']>
