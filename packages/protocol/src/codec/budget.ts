import { MalformedError } from '@samsa/base'
import type { FieldType } from '../schema/field.ts'

// A few bytes on the wire can become a hundred in memory: an element of an array may be all defaults. So each decode
// has a budget for the objects it makes. It is generous for every honest message, and keeps a hostile frame of 100 MB
// from becoming gigabytes.

/** Bytes of objects that one request may become: some 150,000 partitions in a Fetch. */
export const REQUEST_BUDGET_BYTES = 16 * 1024 * 1024
/** Bytes of objects that one response or stored message may become: they come from brokers. */
export const RESPONSE_BUDGET_BYTES = 1024 * 1024 * 1024
/** What one tagged field of an unknown tag is charged. */
export const UNKNOWN_TAG_BYTES = 160
/** What a tagged field of a known tag is charged: it may come again and again, and each time costs its reading. */
export const KNOWN_TAG_BYTES = 16
/** Strings up to this length are part of what an element is charged. */
export const FREE_TEXT_BYTES = 64

let remaining = 0

/**
 * Begins a decode that may make objects of this many bytes. There is one at a time: a decode in steps takes what it has
 * left with it between them.
 */
export function openBudget(bytes: number): void {
  remaining = bytes
}

/** What is left of the budget opened last. */
export function budgetLeft(): number {
  return remaining
}

/** Charges objects about to be made. */
export function charge(bytes: number): void {
  remaining -= bytes
  if (remaining < 0) throw new MalformedError('the message describes more objects than any honest one')
}

/** Roughly the bytes that an element of an array takes in memory, without what hangs below it. */
export function elementBytes(type: FieldType): number {
  if (type.kind === 'struct') return 40 + 8 * Object.keys(type.fields).length
  return type.kind === 'string' || type.kind === 'uuid' ? 40 : 8
}
