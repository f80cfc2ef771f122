import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start()
  await broker.produce('orders', ['a'])
  const admin = broker.samsa.admin()
  await admin.alterGroupOffsets('billing', [{ topic: 'orders', partition: 0, offset: 1 }])
  await admin.close()
})
afterAll(() => broker[Symbol.asyncDispose]())

describe('kafka-groups', () => {
  it('lists groups with their type and protocol', async () => {
    const { code, output } = await broker.run('kafka-groups --list')
    expect(code).toBe(0)
    expect(output).toMatch(/^GROUP +TYPE +PROTOCOL +\nbilling +Classic +\n$/)
  })

  it('leaves out groups of other types', async () => {
    expect((await broker.run('kafka-groups --list --consumer')).output).toContain('billing')
    expect((await broker.run('kafka-groups --list --group-type classic')).output).toContain('billing')
    expect((await broker.run('kafka-groups --list --share')).output).not.toContain('billing')
    expect((await broker.run('kafka-groups --list --protocol connect')).output).not.toContain('billing')
  })

  it('refuses a type that there is not', async () => {
    const { code, errors } = await broker.run('kafka-groups --list --group-type odd')
    expect(code).toBe(1)
    expect(errors).toContain('--group-type must be a valid group type.')
  })
})
