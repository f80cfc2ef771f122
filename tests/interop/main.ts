import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { type Broker, bootstrapOf, brokerUnderTest } from '../process/samsa-process.ts'
import { Tally } from '../process/tally.ts'
import type { Client, MissingClient } from './client.ts'
import { type GroupClient, groupLife, mixedGroup } from './group-scenario.ts'
import { installClients } from './install.ts'

// tests/interop/run [NAME …]: tries the clients whose names contain one of the words, or all of them.
const words = process.argv.slice(2)
const wanted = (name: string) => words.length === 0 || words.some(word => name.includes(word))
const tally = new Tally()
const lanes = Number(process.env['SAMSA_INTEROP_LANES'] ?? 2)

const clients = installClients(wanted)
const broker = await brokerUnderTest()
try {
  await inLanes(clients.map(client => () => tryClient(client, broker)))
  if (words.length === 0 || words.includes('mixed')) await tryMixed(clients)
  checkAlive(broker)
} finally {
  await broker.stop()
}
tally.close()

async function tryClient(client: Client | MissingClient, broker: Broker): Promise<void> {
  if ('missing' in client) return tally.skip(client.name, client.missing)
  // The tutorials say localhost; every other client is given the address.
  const bootstrap = client.name === 'tutorials' ? `localhost:${broker.port}` : bootstrapOf(broker)
  await runSuite(client, bootstrap)
  if (!isGroupClient(client)) return
  const name = `${client.name}: a group shares, joins, leaves, survives a death and resumes`
  await tally.case(name, () => groupLife(client, bootstrap))
}

/** Java, librdkafka, kafka-python and franz-go all know the range assignor; kafkajs does not. */
async function tryMixed(all: (Client | MissingClient)[]): Promise<void> {
  const names = ['confluent-kafka', 'java', 'kafka-python 2.0', 'franz-go']
  const members = all.filter(client => names.includes(client.name)).filter(isGroupClient)
  const name = `mixed: ${names.join(', ')} share one group`
  if (members.length < 2) return tally.skip(name, 'fewer than two of them are here')
  await tally.case(name, () => mixedGroup(members, bootstrapOf(broker)))
}

function isGroupClient(client: Client | MissingClient): client is GroupClient {
  return 'member' in client && 'create' in client && 'produce' in client
}

/** Runs a client's own cases. A program that ends badly, or says nothing, has failed. */
function runSuite({ name, suite }: Client, bootstrap: string): Promise<void> {
  const environment = { ...process.env, ...suite.environment }
  const child = spawn(suite.program, suite.args(bootstrap), {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let cases = 0
  createInterface({ input: child.stdout }).on('line', line => {
    cases++
    tally.line(name, line)
  })
  let complaint = ''
  child.stderr.on('data', chunk => {
    complaint = (complaint + chunk).slice(-2000)
  })
  const late = setTimeout(() => child.kill('SIGKILL'), 120_000)
  return new Promise(done => {
    child.once('error', error => {
      complaint += error.message
    })
    child.once('close', (code, signal) => {
      clearTimeout(late)
      const last = complaint.trim().split('\n').slice(-2).join(' / ')
      if (code !== 0 || cases === 0)
        tally.fail(`${name}: the program ends well`, `${code ?? signal}: ${last}`)
      done()
    })
  })
}

function checkAlive(broker: Broker): void {
  const pid = broker.pid
  if (pid === undefined) return
  const trouble = broker
    .output()
    .split('\n')
    .filter(line => /assertion|unhandled|uncaught/i.test(line))
  if (trouble.length === 0) tally.pass('broker: no broken invariant in its log')
  else tally.fail('broker: no broken invariant in its log', trouble.slice(0, 3).join(' / '))
}

/** A few clients at a time: most of a case is waiting. */
async function inLanes(tasks: (() => Promise<void>)[]): Promise<void> {
  const rest = tasks.values()
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const task of rest) await task()
    }),
  )
}
