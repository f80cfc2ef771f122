import type { ConsumerRecord } from '@samsa/client'
import { FailedError, type Io, exitCodes, signalExitCodes } from '../command/command.ts'
import type { ByteOutput } from '../console/byte-output.ts'
import { RecordPrinter } from '../console/record-printer.ts'
import { StopRequest } from '../console/stop-signal.ts'
import type { ConsumeGiven } from '../nouns/records/consume-options.ts'
import { describedTopic } from '../topics/described-topic.ts'
import { ClusterAccess } from './cluster-access.ts'
import { JsonLine } from './json-line.ts'
import { type Moment, momentOf } from './moment.ts'
import { PlainLine } from './plain-line.ts'
import { Pretty } from './pretty.ts'
import { rangesBetween, readRanges } from './ranges.ts'
import type { Reading } from './readings.ts'
import { filterOf } from './record-filter.ts'

/** What a fetch brings is printed at once, in as few steps as possible. */
const consumerDefaults = {
  'client.id': 'samsa-consume',
  'auto.offset.reset': 'earliest',
  'max.poll.records': '50000',
  'max.partition.fetch.bytes': '4194304',
}

/** `samsa consume`: answers the exit code. */
export async function consume(given: ConsumeGiven, io: Io, topic: string): Promise<number> {
  const plan = planOf(given)
  const isWanted = filterOf(given.filter, given['key-as'], given['value-as'])
  const writer = writerOf(given, io)
  const access = await ClusterAccess.of(given, io)
  const partitions = await partitionsOf(access, topic, given.partition)
  await using consumer = access.consumer(consumerDefaults)
  using stop = new StopRequest(io, signalExitCodes)
  const closed = new AbortController()
  const printer = new RecordPrinter<ConsumerRecord>({
    io,
    write: (record, output) => writer.write(record, output),
    onUnreadable: ({ topic, partition, offset }, error) =>
      io.printError(
        `samsa: the record at offset ${offset} of ${topic}/${partition} cannot be shown: ${error.message}\n`,
      ),
    onClosed: () => closed.abort(),
  })
  const ranges = await rangesBetween(consumer, partitions, plan.at, plan.until)
  const countMax = given['max-records'] ?? Number.POSITIVE_INFINITY
  await readRanges(consumer, ranges, AbortSignal.any([stop.signal, closed.signal]), async records => {
    const wanted = isWanted === undefined ? records : records.filter(isWanted)
    await printer.print(wanted, countMax - printer.count)
    return printer.count < countMax
  })
  await printer.flush()
  return stop.received === undefined ? exitCodes.ok : signalExitCodes[stop.received]
}

/** From where to where: what is there, or with --follow what comes. */
function planOf(given: ConsumeGiven): { at: Moment; until: Moment | undefined } {
  const now = Date.now()
  const { at, until, follow } = given
  if (follow && until !== undefined) throw new FailedError('--follow has no end: leave --until out.')
  const start: Moment = at === undefined ? { kind: follow ? 'end' : 'start' } : momentOf(at, now, '--at')
  if (follow) return { at: start, until: undefined }
  return { at: start, until: until === undefined ? { kind: 'end' } : momentOf(until, now, '--until') }
}

interface Writer {
  write(record: ConsumerRecord, output: ByteOutput): void
}

function writerOf(given: ConsumeGiven, io: Io): Writer {
  const readings: [Reading, Reading] = [given['key-as'], given['value-as']]
  if (given.json) return new JsonLine(...readings)
  const isPlain = given.plain || given.keys
  if (given.pretty || (io.isTerminal && !isPlain)) {
    const isColoured = io.isTerminal && (io.environment['NO_COLOR'] ?? '') === ''
    return new Pretty(...readings, isColoured)
  }
  return new PlainLine({
    keyReading: readings[0],
    valueReading: readings[1],
    keySeparator: given.keys ? given.separator : undefined,
  })
}

/** The partitions of a topic, or those of them that are wanted. */
async function partitionsOf(access: ClusterAccess, topic: string, wanted: readonly number[]) {
  await using admin = access.admin()
  const { partitions } = await describedTopic(admin, topic)
  const known = partitions.map(({ partition }) => partition)
  const missing = wanted.find(partition => !known.includes(partition))
  if (missing !== undefined)
    throw new FailedError(`${topic} has no partition ${missing}: it has ${known.length}, from 0 on.`)
  return (wanted.length === 0 ? known : wanted).map(partition => ({ topic, partition }))
}
