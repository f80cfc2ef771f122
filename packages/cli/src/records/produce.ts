import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import type { RecordHeader } from '@samsa/client'
import { FailedError, type Io, exitCodes, signalExitCodes } from '../command/command.ts'
import { StopRequest } from '../console/stop-signal.ts'
import type { ProduceGiven } from '../nouns/records/produce-options.ts'
import { BulkSender } from './bulk-sender.ts'
import { ClusterAccess } from './cluster-access.ts'
import { CsvSource } from './csv-source.ts'
import { readJsonRecord } from './json-source.ts'
import { LineSource, textReader } from './line-source.ts'
import { Progress } from './progress.ts'
import type { RecordSource, RecordToSend, SourceRecord } from './record-source.ts'

/** `samsa produce`: answers the exit code. */
export async function produce(
  given: ProduceGiven,
  io: Io,
  topic: string,
  file: string | undefined,
): Promise<number> {
  const source = sourceOf(given)
  const complete = completion(given, topic)
  const access = await ClusterAccess.of(given, io)
  const producer = access.producer({
    'client.id': 'samsa-produce',
    ...(given.compression !== undefined && { 'compression.type': given.compression }),
  })
  const sender = new BulkSender(producer)
  using stop = new StopRequest(io, signalExitCodes)
  const isTyped = file === undefined && io.isInputTerminal
  using progress = new Progress(io, () => sender.count, !isTyped)
  if (isTyped) io.printError('Type records, one a line; Ctrl-D ends.\n')
  try {
    for await (const text of textsOf(stop.until(inputOf(io, file)))) {
      await sender.send(source.read(text).map(complete))
    }
    if (stop.received === undefined) await sender.send(source.end().map(complete))
  } finally {
    // What was read before a wrong line is sent.
    await sender.finish().finally(() => producer.close())
  }
  progress[Symbol.dispose]()
  io.printError(`Sent ${progress.summary()}.\n`)
  return stop.received === undefined ? exitCodes.ok : signalExitCodes[stop.received]
}

function sourceOf(given: ProduceGiven): RecordSource {
  const { json, csv, keys, separator, 'key-column': keyColumn, null: nullText } = given
  if ([json, csv, keys].filter(Boolean).length > 1)
    throw new FailedError('Choose one of --json, --csv and --keys.')
  if (separator === '') throw new FailedError('--separator: it may not be empty.')
  if (json) return new LineSource(readJsonRecord)
  if (!csv) return new LineSource(textReader(keys ? (separator ?? '\t') : undefined, nullText))
  if (separator !== undefined && separator.length > 1)
    throw new FailedError('--separator: it is one character in CSV.')
  return new CsvSource({ separator: separator ?? ',', keyColumn, nullText })
}

/** Adds what the options say of all records; what a record says itself wins, its headers come first. */
function completion(given: ProduceGiven, topic: string): (record: SourceRecord) => RecordToSend {
  const { key, partition } = given
  const headers: RecordHeader[] = given.header.map(text => {
    const at = text.indexOf('=')
    if (at < 0) throw new FailedError(`--header: '${text}' is not name=value.`)
    return { key: text.slice(0, at), value: Buffer.from(text.slice(at + 1)) }
  })
  return record => ({
    topic,
    ...(partition !== undefined && { partition }),
    ...record,
    key: record.key ?? key ?? null,
    headers: [...(record.headers ?? []), ...headers],
  })
}

function inputOf(io: Io, file: string | undefined): AsyncIterable<Uint8Array> {
  if (file === undefined || file === '-') return io.input
  return fileOf(resolve(io.directory, file))
}

async function* fileOf(path: string): AsyncIterable<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: 1 << 18 })
  } catch (error) {
    throw new FailedError(`The file ${path} cannot be read: ${(error as Error).message}.`)
  }
}

async function* textsOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  for await (const piece of pieces) yield decoder.decode(piece, { stream: true })
  yield decoder.decode()
}
