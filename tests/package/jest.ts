import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tally } from '../process/tally.ts'
import type { Installation } from './installation.ts'
import { runWell } from './program.ts'

const JEST = 'jest@30'

/** Jest gives each test file globals of its own, and a module system of its own: the package works in both of its kinds. */
export async function tryJest({ folder, add }: Installation, tally: Tally): Promise<void> {
  try {
    add(JEST)
  } catch {
    tally.skip('jest', `${JEST} could not be installed`)
    return
  }
  mkdirSync(join(folder, 'jest'))
  writeFileSync(join(folder, 'jest/required.test.cjs'), `const samsa = require('samsa')\n${tests}`)
  writeFileSync(join(folder, 'jest/imported.test.mjs'), `import * as samsa from 'samsa'\n${tests}`)
  await tally.case('jest: a test file that requires the package', () => jest(folder, 'required'))
  await tally.case('jest: a test file that imports the package', () => jest(folder, 'imported'))
  await tally.case('jest: fake timers in every test', () =>
    jest(folder, 'required', { fakeTimers: { enableGlobally: true } }),
  )
}

async function jest(folder: string, name: string, options: object = {}): Promise<void> {
  const config = { rootDir: folder, testMatch: [`**/${name}.test.*`], ...options }
  const program = ['node_modules/jest/bin/jest.js', '--config', JSON.stringify(config)]
  // Jest loads ECMAScript modules by an interface that Node.js offers behind a flag only.
  const flags = name === 'imported' ? ['--experimental-vm-modules'] : []
  await runWell('node', [...flags, ...program], { folder })
}

const tests = `
const { KafkaError, serdes, startSamsa } = samsa

test('what is stored is read back, with the globals of the test', async () => {
  const samsa = await startSamsa({ topics: ['orders'] })
  await samsa.producer().send({ topic: 'orders', key: 'a', value: 'coffee', headers: [{ key: 'h', value: null }] })
  const [order] = await samsa.records('orders', 1)
  expect(order).toMatchObject({ key: 'a', value: 'coffee' })
  expect(order.headers).toStrictEqual([{ key: 'h', value: null }])
  const consumer = samsa.consumer({ 'group.id': 'kitchen' })
  consumer.subscribe(['orders'])
  for await (const { value } of consumer) {
    expect(value).toBeInstanceOf(Uint8Array)
    break
  }
  await samsa.close()
})

test('errors are those that the test knows', async () => {
  const samsa = await startSamsa({ topics: ['orders'] })
  samsa.faults.fail('Produce', 'TOPIC_AUTHORIZATION_FAILED')
  const sent = samsa.producer().send({ topic: 'orders', value: 'tea' })
  await expect(sent).rejects.toThrow(KafkaError)
  await expect(sent).rejects.toBeInstanceOf(Error)
  await samsa.close()
})

test('with sockets, files and native modules', async () => {
  const samsa = await startSamsa({ topics: ['orders'], sockets: true, storage: 'temporary' })
  for (const codec of ['gzip', 'snappy', 'lz4', 'zstd']) {
    await samsa.producer({ 'compression.type': codec }).send({ topic: 'orders', value: codec.repeat(200) })
  }
  expect(await samsa.records('orders', 4)).toHaveLength(4)
  await samsa.close()
})
`
