import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import {
  type Broker,
  SamsaProcess,
  bootstrapOf,
  brokerUnderTest,
  freePort,
} from '../../process/samsa-process.ts'
import { Tally } from '../../process/tally.ts'
import { type Expectation, expectations } from './expected.ts'
import { type Outcome, runTest, testsIn } from './program.ts'

// tests/interop/run librdkafka-tests [NUMBER …]: librdkafka's own test programs, or those whose number begins so, one
// after the other. LIBRDKAFKA_TESTS is the `tests` folder of a built librdkafka, with its `test-runner`. What is expected
// of each stands in expected.tsv; a verdict that is not the expected one, better ones too, is a failure.

// The longest that pass take a minute.
const secondsMax = 150
const secondsMaxWhereItFails = 60
const tally = new Tally()
const folder = process.env['LIBRDKAFKA_TESTS']
if (folder === undefined || folder === '') {
  tally.skip(
    "librdkafka's own tests",
    'LIBRDKAFKA_TESTS does not name the tests folder of a built librdkafka',
  )
} else if (!existsSync(join(folder, 'test-runner'))) {
  tally.fail("librdkafka's own tests", `${folder} has no test-runner: build it there with make`)
} else {
  await runAll(resolve(folder))
}
tally.close()
if (tally.failed === 0) process.exitCode = 0

async function runAll(tests: string): Promise<void> {
  const rows = wanted(tests)
  const scratch = mkdtempSync(join(tmpdir(), 'samsa-librdkafka-'))
  for (const delayMs of new Set(rows.map(row => row.delayMs))) {
    const broker = await startBroker(delayMs)
    try {
      for (const row of rows.filter(one => one.delayMs === delayMs)) await tryOne(tests, row, broker, scratch)
      checkBroker(broker, delayMs)
    } finally {
      await broker.stop()
    }
  }
  if (tally.failed === 0) rmSync(scratch, { recursive: true, force: true })
  else console.log(`  what the tests printed that failed: ${scratch}`)
}

/** The rows that were asked for; says which are not in the folder, and which of the folder have no row. */
function wanted(tests: string): Expectation[] {
  const words = process.argv.slice(2)
  const isAsked = (test: string) => words.length === 0 || words.some(word => test.startsWith(word))
  const here = new Set(testsIn(tests).filter(isAsked))
  const rows = expectations().filter(row => isAsked(row.test))
  for (const test of here) {
    if (!rows.some(row => row.test === test)) tally.fail(test, 'has no row in expected.tsv')
  }
  for (const row of rows) {
    if (!here.has(row.test)) tally.skip(`${row.test} ${row.name}`, 'not in this librdkafka')
  }
  return rows.filter(row => here.has(row.test))
}

async function startBroker(delayMs: number): Promise<Broker> {
  if (process.env['SAMSA_TEST_BOOTSTRAP']) return brokerUnderTest()
  const broker = new SamsaProcess(await freePort(), {
    KAFKA_NUM_PARTITIONS: '4',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: `${delayMs}`,
  })
  await broker.start()
  return broker
}

async function tryOne(tests: string, row: Expectation, broker: Broker, scratch: string): Promise<void> {
  const name = `${row.test} ${row.name}`
  if (row.here === 'not run') return tally.skip(name, row.why)
  const seconds = row.here === 'fails' ? secondsMaxWhereItFails : secondsMax
  const outcome = await runTest(tests, row, bootstrapOf(broker), scratch, seconds)
  tell(name, row, outcome)
  if (outcome.verdict !== row.here) writeFileSync(join(scratch, `${row.test}.log`), outcome.output)
}

function tell(name: string, row: Expectation, { verdict, words, seconds }: Outcome): void {
  if (verdict !== row.here) {
    tally.fail(name, `${verdict} after ${seconds} s where it ${row.here}${words === '' ? '' : `: ${words}`}`)
  } else if (verdict === 'passes') {
    tally.pass(`${name} (${seconds} s)`)
  } else {
    tally.skip(name, `${verdict}${row.why === '' ? '' : `, ${row.why}`} (${seconds} s)`)
  }
}

function checkBroker(broker: Broker, delayMs: number): void {
  if (broker.pid === undefined) return
  const name = `the broker with a delay of ${delayMs} ms: no broken invariant in its log`
  const trouble = broker
    .output()
    .split('\n')
    .filter(line => /assertion|unhandled|uncaught/i.test(line))
  if (trouble.length === 0) tally.pass(name)
  else tally.fail(name, trouble.slice(0, 3).join(' / '))
}
