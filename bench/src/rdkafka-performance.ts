import { execFile } from 'node:child_process'

/** What one run of librdkafka's performance program measured. */
export interface Throughput {
  readonly recordsPerSecond: number
  readonly megabytesPerSecond: number
}

/** Where the program is; undefined when SAMSA_RDKAFKA_PERFORMANCE names none. */
export const rdkafkaPerformance = process.env['SAMSA_RDKAFKA_PERFORMANCE']

export interface ProduceRun {
  readonly bootstrap: string
  readonly topic: string
  readonly recordBytes: number
  readonly recordCount: number
  readonly acks: 1 | -1
}

export async function produce(run: ProduceRun): Promise<Throughput> {
  const text = await perform([
    ...[
      '-P',
      '-t',
      run.topic,
      '-b',
      run.bootstrap,
      '-s',
      String(run.recordBytes),
      '-c',
      String(run.recordCount),
    ],
    ...['-a', String(run.acks), '-q', '-X', 'queue.buffering.max.messages=500000', '-X', 'linger.ms=5'],
  ])
  const found = /delivered \(offset \d+, (\d+) failed\) in (\d+)ms/.exec(text)
  if (found === null || found[1] !== '0') throw new Error(`Producing failed:\n${text}`)
  return throughput(run, Number(found[2]))
}

export async function consume(run: Omit<ProduceRun, 'acks'>): Promise<Throughput> {
  const text = await perform([
    ...[
      '-C',
      '-t',
      run.topic,
      '-p',
      '0',
      '-b',
      run.bootstrap,
      '-o',
      'beginning',
      '-c',
      String(run.recordCount),
    ],
    ...['-q', '-X', 'fetch.message.max.bytes=1048576', '-X', 'queued.min.messages=1000000'],
  ])
  const found = /consumed in (\d+)ms/.exec(text)
  if (found === null) throw new Error(`Consuming failed:\n${text}`)
  return throughput(run, Number(found[1]))
}

function throughput(
  { recordBytes, recordCount }: { recordBytes: number; recordCount: number },
  ms: number,
): Throughput {
  const seconds = ms / 1000
  return {
    recordsPerSecond: recordCount / seconds,
    megabytesPerSecond: (recordCount * recordBytes) / seconds / 1e6,
  }
}

/** Runs the program; whether it did its work is told by what it printed, for it sometimes crashes on its way out. */
function perform(args: readonly string[]): Promise<string> {
  return new Promise(resolve => {
    execFile(rdkafkaPerformance as string, args, { timeout: 300_000 }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    )
  })
}
