import { isUtf8 } from 'node:buffer'
import { decodeUtf8 } from '@samsa/base'
import { serdes } from '@samsa/client'
import type { Reading } from './readings.ts'

/** Bytes that are neither text nor MessagePack. */
export class Binary {
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  get base64(): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length).toString('base64')
  }

  toJSON(): { base64: string } {
    return { base64: this.base64 }
  }
}

const msgpack = serdes.msgpack<unknown>({ useBigInt64: true })

/** Reads bytes. Throws when they are not what they are to be read as. */
export function decoded(bytes: Uint8Array, reading: Reading): unknown {
  switch (reading) {
    case 'auto':
      return guessed(bytes)
    case 'text':
      return decodeUtf8(bytes)
    case 'json':
      return JSON.parse(decodeUtf8(bytes))
    case 'msgpack':
      return msgpack.deserialize('', bytes, [])
    case 'hex':
      return Buffer.from(bytes).toString('hex')
    case 'base64':
      return new Binary(bytes).base64
  }
}

/** JSON where it is, otherwise text; of what is no UTF-8, MessagePack of a map or a list, otherwise the bytes. */
function guessed(bytes: Uint8Array): unknown {
  if (isUtf8(bytes)) {
    const text = decodeUtf8(bytes)
    return mayBeJson(text) ? parsedOr(text) : text
  }
  try {
    const value = msgpack.deserialize('', bytes, [])
    if (typeof value === 'object' && value !== null) return value
  } catch {}
  return new Binary(bytes)
}

/** Whether it is worth trying: a failure costs more than the try. */
export function mayBeJson(text: string): boolean {
  const first = text.charCodeAt(0)
  // { [ with their ends, or a number; other texts are texts, and `"a"` is one too.
  const last = text.charCodeAt(text.trimEnd().length - 1)
  if (first === 0x7b) return last === 0x7d
  if (first === 0x5b) return last === 0x5d
  return /^-?\d{1,15}(\.\d{1,15})?$/.test(text) || text === 'true' || text === 'false'
}

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
