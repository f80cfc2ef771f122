import { MalformedError } from '../bytes/malformed-error.ts'

/**
 * One way to make bytes smaller. Whoever decompresses says how much the result may be: what would inflate to more
 * throws `MalformedError`, as damaged input does, and never more than that is allocated for it.
 *
 * The asynchronous variants do the same off the event loop. They pay for input of some hundred kilobytes; their input
 * must not change before they are done.
 */
export interface Codec {
  compress(bytes: Uint8Array, level?: number): Uint8Array
  decompress(bytes: Uint8Array, maxBytes: number): Uint8Array
  compressAsync(bytes: Uint8Array, level?: number): Promise<Uint8Array>
  decompressAsync(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array>
}

/** Runs a decompression by a library, whose every failure means damaged input. */
export function refusingDamage(codec: string, decompress: () => Uint8Array): Uint8Array {
  try {
    return plainBytes(decompress())
  } catch (error) {
    throw damaged(codec, error)
  }
}

/** The same for one that happens elsewhere. */
export async function refusingDamageAsync(
  codec: string,
  decompress: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  try {
    return plainBytes(await decompress())
  } catch (error) {
    throw damaged(codec, error)
  }
}

function damaged(codec: string, error: unknown): MalformedError {
  if (error instanceof MalformedError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new MalformedError(`damaged ${codec} data: ${reason}`)
}

export function tooLarge(codec: string, maxBytes: number): MalformedError {
  return new MalformedError(`${codec} data inflates to more than the ${maxBytes} bytes allowed here`)
}

/** Libraries return Node's Buffer, whose `slice` is a view; everybody here expects that of Uint8Array, a copy. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}
