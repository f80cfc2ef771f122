import { resolve } from 'node:path'
import { FailedError, type Io } from '../command/command.ts'

// JSON files that a command line names, refused in the words of Kafka's tools.

/** The text of a file. Throws `FailedError`. */
export function readNamedFile(path: string, io: Io): string {
  try {
    return io.readFile(resolve(io.directory, path))
  } catch (error) {
    throw new FailedError(`The file ${path} cannot be read: ${(error as Error).message}.`)
  }
}

/** Reads JSON; undefined when it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A JSON document of version 1, which is an object. Throws `FailedError`. */
export function documentOf(text: string): JsonObject {
  const json = parsedJson(text)
  if (json === undefined) throw new FailedError('The input string is not a valid JSON')
  const document = objectOf(json)
  const version = document['version'] === undefined ? 1 : integerIn(document, 'version')
  if (version !== 1) throw new FailedError(`Not supported version field value ${version}`)
  return document
}

export type JsonObject = Readonly<Record<string, unknown>>

/** The fields of a JSON object. Throws `FailedError` when it is something else. */
export function objectOf(value: unknown): JsonObject {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new FailedError(`Expected JSON object, received ${JSON.stringify(value)}`)
  return value as JsonObject
}

/** A JSON array. Throws `FailedError` when it is something else. */
export function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new FailedError(`Expected JSON array, received ${JSON.stringify(value)}`)
  return value
}

/** A text in a JSON object. Throws `FailedError`. */
export function textIn(object: JsonObject, key: string): string {
  return textOf(fieldIn(object, key))
}

/** A whole number in a JSON object. Throws `FailedError`. */
export function integerIn(object: JsonObject, key: string, kind: 'Integer' | 'Long' = 'Integer'): number {
  return integerOf(fieldIn(object, key), kind)
}

/** A list of whole numbers in a JSON object. Throws `FailedError`. */
export function integersIn(object: JsonObject, key: string): number[] {
  return elementsOf(fieldIn(object, key)).map(value => integerOf(value, 'Integer'))
}

/** A list of texts. Throws `FailedError`. */
export function textsOf(value: unknown): string[] {
  return elementsOf(value).map(textOf)
}

function elementsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw wrongKind('JSON array', value)
}

function fieldIn(object: JsonObject, key: string): unknown {
  if (object[key] === undefined) throw new FailedError(`No such field exists: \`${key}\``)
  return object[key]
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  throw wrongKind('String', value)
}

function integerOf(value: unknown, kind: 'Integer' | 'Long'): number {
  const isInRange = kind === 'Long' || Math.abs(value as number) < 2 ** 31
  if (Number.isSafeInteger(value) && isInRange) return value as number
  throw wrongKind(kind, value)
}

function wrongKind(kind: string, value: unknown): FailedError {
  return new FailedError(`Expected \`${kind}\` value, received ${JSON.stringify(value)}`)
}
