import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SamsaProcess, freePort, root } from '../process/samsa-process.ts'
import type { Tally } from '../process/tally.ts'
import { type Installation, versionOf } from './installation.ts'
import { runWell } from './program.ts'

const MEGABYTE = 1e6

/** The package itself: what is in it, how large it is, its types, the program and a tool. */
export async function tryInstalled(installation: Installation, tally: Tally): Promise<void> {
  const { folder } = installation
  const samsa = join(folder, 'node_modules/samsa')
  await tally.case('package: is small, with all it depends on', async () => {
    const tarball = (installation.tarballBytes / MEGABYTE).toFixed(1)
    const installed = (installation.installedBytes / MEGABYTE).toFixed(1)
    console.log(`    ${tarball} MB packed, ${installed} MB installed`)
    if (installation.installedBytes > 50 * MEGABYTE) throw new Error(`${installed} MB installed, 50 at most`)
  })
  await tally.case('package: mentions no package that is not published', async () => {
    for (const path of readdirSync(samsa, { recursive: true }).map(String)) {
      if (!/\.(?:js|ts)$/.test(path) || path.startsWith('node_modules')) continue
      const found = /(?:from|import\()\s*['"](@samsa\/[a-z-]+)/.exec(readFileSync(join(samsa, path), 'utf8'))
      if (found !== null) throw new Error(`${path} imports ${found[1]}`)
    }
  })
  await tally.case('package: is imported by JavaScript', async () => {
    writeFileSync(join(folder, 'sample.js'), sampleScript)
    const printed = await runWell('node', ['sample.js'], { folder })
    if (!printed.includes('read coffee')) throw new Error(printed)
  })
  await tally.case('package: is required by CommonJS, and is the same library then', async () => {
    writeFileSync(join(folder, 'sample.cjs'), requiringScript)
    const printed = await runWell('node', ['sample.cjs'], { folder })
    if (!printed.includes('the same: true')) throw new Error(printed)
  })
  await tally.case('package: can be bundled with a program', async () => {
    const bundle = ['sample.js', '--bundle', '--platform=node', '--format=esm', '--outfile=bundle.mjs']
    const outside = Object.keys(manifestIn(samsa).dependencies).map(name => `--external:${name}`)
    await runWell(join(root, 'node_modules/.bin/esbuild'), [...bundle, ...outside], { folder })
    const printed = await runWell('node', ['bundle.mjs'], { folder })
    if (!printed.includes('read coffee')) throw new Error(printed)
  })
  installation.add(versionOf('typescript'), versionOf('@types/node'))
  for (const resolution of ['nodenext', 'bundler'] as const) {
    await tally.case(`package: has types, with moduleResolution ${resolution}`, () =>
      typeCheck(folder, resolution),
    )
  }
  await tryProgram(folder, tally)
}

interface Manifest {
  readonly bin: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

const sampleScript = `
import { Producer, startSamsa } from 'samsa'

const samsa = await startSamsa({ topics: ['orders'] })
const producer = new Producer(samsa.clientConfig, samsa.outside)
await producer.send({ topic: 'orders', value: 'coffee' })
await producer.close()
const [record] = await samsa.records('orders', 1)
console.log('read', record.value)
await samsa.close()
`

const requiringScript = `
const { KafkaError, startSamsa } = require('samsa')

startSamsa({ topics: ['orders'] })
  .then(samsa => samsa.close())
  .then(() => import('samsa'))
  .then(imported => console.log('the same:', imported.KafkaError === KafkaError))
`

const requiringSample = `
import { KafkaError, startSamsa } from 'samsa'

export async function refused(): Promise<KafkaError | undefined> {
  const samsa = await startSamsa({ topics: ['orders'] })
  const error: unknown = await samsa.producer().send({ topic: 'orders', value: 'tea' }).catch(error => error)
  await samsa.close()
  return error instanceof KafkaError ? error : undefined
}
`

const typedSample = `
import { Admin, Consumer, type ConsumerRecord, KafkaError, Producer, ShareConsumer, serdes, startSamsa } from 'samsa'

interface Order {
  id: string
  price: number
}

await using samsa = await startSamsa({ topics: ['orders'] })
const producer = new Producer(samsa.clientConfig, { ...samsa.outside, value: serdes.json<Order>() })
await producer.send({ topic: 'orders', value: { id: 'a', price: 2 } })
// @ts-expect-error The value is no order.
await producer.send({ topic: 'orders', value: 'coffee' }).catch((error: KafkaError) => error.code)
await producer.close()
// @ts-expect-error There is no such key.
new Consumer({ 'group.di': 'kitchen' })
const consumer = samsa.consumer({ 'group.id': 'kitchen' }, { value: serdes.json<Order>() })
consumer.subscribe(['orders'])
for await (const record of consumer) {
  const { value }: ConsumerRecord<Uint8Array | null, Order | null> = record
  const price: number | undefined = value?.price
  console.log(price)
}
export const clients: (new (...given: never[]) => unknown)[] = [Admin, ShareConsumer]
`

/** Strict, and without \`skipLibCheck\`: an error in our declarations would be the user's. */
async function typeCheck(folder: string, resolution: 'nodenext' | 'bundler'): Promise<void> {
  writeFileSync(join(folder, 'sample.ts'), typedSample)
  writeFileSync(join(folder, 'requiring.cts'), requiringSample)
  const options = {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    target: 'es2022',
    module: resolution === 'bundler' ? 'esnext' : 'nodenext',
    moduleResolution: resolution,
    types: ['node'],
  }
  const config = { compilerOptions: options, files: ['sample.ts', 'requiring.cts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  await runWell('node', ['node_modules/typescript/bin/tsc', '-p', '.'], { folder })
}

async function tryProgram(folder: string, tally: Tally): Promise<void> {
  const bin = join(folder, 'node_modules/.bin')
  await tally.case('package: its program starts, and a tool of Kafka’s talks to it', async () => {
    process.env['SAMSA_TEST_PROGRAM'] = join(folder, 'node_modules/samsa/dist/samsa.js')
    const broker = new SamsaProcess(await freePort())
    try {
      await broker.start()
      const server = ['--bootstrap-server', `${broker.host}:${broker.port}`]
      const made = ['--create', '--topic', 'orders']
      await runWell(join(bin, 'kafka-topics.sh'), [...server, ...made], { folder })
      const listed = await runWell(join(bin, 'kafka-topics'), [...server, '--list'], { folder })
      if (listed.trim() !== 'orders') throw new Error(`listed: ${listed}`)
    } finally {
      await broker.stop()
    }
  })
  await tally.case('package: has a file for each of its programs', async () => {
    for (const [name, path] of Object.entries(manifestIn(join(folder, 'node_modules/samsa')).bin)) {
      const text = readFileSync(join(folder, 'node_modules/samsa', path), 'utf8')
      if (!text.startsWith('#!')) throw new Error(`${name}: ${path} is not executable`)
    }
  })
}
