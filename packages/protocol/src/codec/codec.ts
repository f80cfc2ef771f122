import { ByteReader, ByteWriter, MalformedError } from '@samsa/base'
import type { Api, CompleteResponseOf, RequestDraftOf, RequestOf, ResponseOf } from '../schema/api.ts'
import type { AnyMessage, MessageDraftOf, MessageOf } from '../schema/message.ts'
import { REQUEST_BUDGET_BYTES, RESPONSE_BUDGET_BYTES, budgetLeft, openBudget } from './budget.ts'
import { type Decode, type DecodeInSteps, compileDecode, compileDecodeInSteps } from './compile-decode.ts'
import { type Encode, type EncodeInSteps, compileEncode, compileEncodeInSteps } from './compile-encode.ts'
import { EncodeError } from './encode-error.ts'
import { interpretDecode } from './interpret-decode.ts'
import { interpretEncode } from './interpret-encode.ts'

/** Decodes the body of a request, after its header. Byte fields are views. Throws `MalformedError` with the path. */
export function decodeRequest<A extends Api>(api: A, version: number, reader: ByteReader): RequestOf<A> {
  return decodeBody(api.request, version, reader, REQUEST_BUDGET_BYTES) as RequestOf<A>
}

/**
 * `decodeRequest` in steps: the request comes with the last one. Between two steps other work may be done, decoding
 * included, so that a large request keeps nobody waiting.
 */
export function* decodeRequestInSteps<A extends Api>(
  api: A,
  version: number,
  reader: ByteReader,
): Generator<undefined, RequestOf<A>> {
  const codec = codecOf(api.request, version)
  const start = reader.position
  let budget = REQUEST_BUDGET_BYTES
  try {
    const steps = codec.decodeInSteps(reader)
    for (;;) {
      openBudget(budget)
      const step = steps.next()
      if (step.done) return step.value as RequestOf<A>
      budget = budgetLeft()
      yield
    }
  } catch (error) {
    throw explained(error, api.request, version, reader, start, REQUEST_BUDGET_BYTES)
  }
}

/** `encodeResponse` in steps. Between two of them other work may be done, with other writers. */
export function* encodeResponseInSteps<A extends Api>(
  api: A,
  version: number,
  response: ResponseOf<A>,
  writer: ByteWriter,
): Generator<undefined, void> {
  const codec = codecOf(api.response, version)
  try {
    const steps = codec.encodeInSteps(response, writer)
    while (!steps.next().done) yield
  } catch (error) {
    interpretEncode(api.response, version, response, new ByteWriter())
    throw error
  }
}

/** Encodes the body of a request. Throws `EncodeError` with the path when the version cannot say it. */
export function encodeRequest<A extends Api>(
  api: A,
  version: number,
  request: RequestDraftOf<A>,
  writer: ByteWriter,
): void {
  encodeBody(api.request, version, request, writer)
}

/** Decodes the body of a response, after its header. Byte fields are views. Throws `MalformedError` with the path. */
export function decodeResponse<A extends Api>(
  api: A,
  version: number,
  reader: ByteReader,
): CompleteResponseOf<A> {
  return decodeBody(api.response, version, reader, RESPONSE_BUDGET_BYTES) as CompleteResponseOf<A>
}

/** Encodes the body of a response. Throws `EncodeError` with the path when the version cannot say it. */
export function encodeResponse<A extends Api>(
  api: A,
  version: number,
  response: ResponseOf<A>,
  writer: ByteWriter,
): void {
  encodeBody(api.response, version, response, writer)
}

/** Encodes a message that stands alone, into one array. */
export function encodeMessage<M extends AnyMessage>(
  schema: M,
  version: number,
  value: MessageDraftOf<M>,
): Uint8Array {
  const writer = new ByteWriter()
  encodeBody(schema, version, value, writer)
  return writer.toBytes()
}

/** Decodes a message that stands alone; bytes after it are ignored. Byte fields are views. */
export function decodeMessage<M extends AnyMessage>(
  schema: M,
  version: number,
  bytes: Uint8Array,
): MessageOf<M> {
  return decodeMessageFrom(schema, version, new ByteReader(bytes))
}

/** `decodeMessage` from where a reader stands, which then stands behind the message. */
export function decodeMessageFrom<M extends AnyMessage>(
  schema: M,
  version: number,
  reader: ByteReader,
): MessageOf<M> {
  return decodeBody(schema, version, reader, RESPONSE_BUDGET_BYTES) as MessageOf<M>
}

/** Encodes a message after its version as an int16, as stored records and group protocols are. */
export function encodeVersioned<M extends AnyMessage>(
  schema: M,
  version: number,
  value: MessageDraftOf<M>,
): Uint8Array {
  return encodeAfter(version, schema, version, value)
}

/** Encodes a message after an int16 that says what it is, into one array. */
export function encodeAfter<M extends AnyMessage>(
  prefix: number,
  schema: M,
  version: number,
  value: MessageDraftOf<M>,
): Uint8Array {
  const writer = new ByteWriter()
  writer.int16(prefix)
  encodeBody(schema, version, value, writer)
  return writer.toBytes()
}

/**
 * Decodes a message that starts with its version. A version this release does not have is a `MalformedError`, unless
 * `newestAtMost` is given: then what is newer is read as the newest, whose fields it has to start with.
 */
export function decodeVersioned<M extends AnyMessage>(
  schema: M,
  bytes: Uint8Array,
  options: { newestAtMost?: boolean } = {},
): { version: number; value: MessageOf<M> } {
  const reader = new ByteReader(bytes)
  const stated = reader.int16()
  const version = options.newestAtMost ? Math.min(stated, schema.maxVersion) : stated
  if (version < schema.minVersion || version > schema.maxVersion) {
    throw new MalformedError(`${schema.name} has no version ${stated}`)
  }
  return {
    version: stated,
    value: decodeBody(schema, version, reader, RESPONSE_BUDGET_BYTES) as MessageOf<M>,
  }
}

/** Messages up to this size are read again to tell what is wrong with them, and where. */
const EXPLAINED_BYTES_MAX = 4 * 1024

/**
 * So often a version is interpreted before it is compiled: most of what a program says at its start it says a few times,
 * once on each connection, and compiling takes longer than reading off the schema as often.
 */
const INTERPRETED_USES = 4
/** Larger messages are compiled at once: interpreting takes several times as long. */
const INTERPRETED_BYTES_MAX = 1024

/** The parts of a version's codec, each made when it is worth it. */
class Codec {
  readonly #message: AnyMessage
  readonly #version: number
  #decode: Decode | undefined
  #encode: Encode | undefined
  #decoded = 0
  #encoded = 0
  #decodeInSteps: DecodeInSteps | undefined
  #encodeInSteps: EncodeInSteps | undefined

  constructor(message: AnyMessage, version: number) {
    this.#message = message
    this.#version = version
  }

  decode(reader: ByteReader): unknown {
    if (this.#decode === undefined) {
      if (this.#decoded++ < INTERPRETED_USES && reader.remaining <= INTERPRETED_BYTES_MAX)
        return interpretDecode(this.#message, this.#version, reader)
      this.#decode = compileDecode(this.#message, this.#version)
    }
    return this.#decode(reader)
  }

  encode(value: unknown, writer: ByteWriter): void {
    if (this.#encode === undefined) {
      if (this.#encoded++ < INTERPRETED_USES) {
        interpretEncode(this.#message, this.#version, value, writer)
        return
      }
      this.#encode = compileEncode(this.#message, this.#version)
    }
    this.#encode(value, writer)
  }

  decodeInSteps(reader: ByteReader): Iterator<undefined, unknown> {
    this.#decodeInSteps ??= compileDecodeInSteps(this.#message, this.#version)
    return this.#decodeInSteps(reader)
  }

  encodeInSteps(value: unknown, writer: ByteWriter): Iterator<undefined, void> {
    this.#encodeInSteps ??= compileEncodeInSteps(this.#message, this.#version)
    return this.#encodeInSteps(value, writer)
  }
}

function codecOf(message: AnyMessage, version: number): Codec {
  const codec = message.codecs[version] as Codec | undefined
  if (codec !== undefined) return codec
  if (!Number.isInteger(version) || version < message.minVersion || version > message.maxVersion) {
    const range = `${message.minVersion} to ${message.maxVersion}`
    throw new RangeError(`${message.name} has no version ${version}, only ${range}: check before decoding`)
  }
  const made = new Codec(message, version)
  message.codecs[version] = made
  return made
}

function decodeBody(message: AnyMessage, version: number, reader: ByteReader, budgetBytes: number): unknown {
  const codec = codecOf(message, version)
  const start = reader.position
  openBudget(budgetBytes)
  try {
    return codec.decode(reader)
  } catch (error) {
    throw explained(error, message, version, reader, start, budgetBytes)
  }
}

/** The error with the path of what is wrong: the interpreter finds the same fault. It is slow, so strangers cannot have it read much. */
function explained(
  error: unknown,
  message: AnyMessage,
  version: number,
  reader: ByteReader,
  start: number,
  budgetBytes: number,
): unknown {
  if (!(error instanceof MalformedError) || reader.end - start > EXPLAINED_BYTES_MAX) return error
  reader.position = start
  openBudget(budgetBytes)
  try {
    interpretDecode(message, version, reader)
    return error
  } catch (found) {
    return found
  }
}

function encodeBody(message: AnyMessage, version: number, value: unknown, writer: ByteWriter): void {
  const codec = codecOf(message, version)
  try {
    codec.encode(value, writer)
  } catch (error) {
    // The interpreter finds the same fault and knows the path. Whatever it is, nothing of the writer may be sent.
    interpretEncode(message, version, value, new ByteWriter())
    throw error
  }
}

export { EncodeError }
