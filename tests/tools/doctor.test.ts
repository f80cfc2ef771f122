import { describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

describe('samsa doctor', () => {
  it('finds no problem with a new broker, and ends with 0', async () => {
    await using broker = await ToolBroker.start({ topics: ['orders'] })
    const { code, output, errors } = await broker.run('samsa doctor')
    expect([code, errors]).toEqual([0, ''])
    expect(output).toContain('hint: The cluster is one broker')
    expect(output).toMatch(/\n0 problems, 0 warnings, \d hints; looked at 1 broker, 1 topic, 0 groups\.\n$/)
  })

  it('finds what is wrong with topics, and ends with 1', async () => {
    await using broker = await ToolBroker.start()
    await broker.run(
      'kafka-topics --create --topic strict --config min.insync.replicas=2 --config retention.ms=1000',
    )
    const { code, output } = await broker.run('samsa doctor --json')
    expect(code).toBe(1)
    const found = output
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(found).toContainEqual(
      expect.objectContaining({ level: 'problem', check: 'min-isr-unreachable', items: ['strict'] }),
    )
    expect(found).toContainEqual(expect.objectContaining({ check: 'short-retention', items: ['strict'] }))
  })

  it('finds groups that are behind', async () => {
    await using broker = await ToolBroker.start({ topics: ['orders'] })
    await broker.produce('orders', ['one', 'two', 'three'])
    await using admin = broker.samsa.admin()
    await admin.alterGroupOffsets('billing', [{ topic: 'orders', partition: 0, offset: 1 }])
    const { output } = await broker.run('samsa doctor')
    expect(output).toContain('hint: Groups are behind and have no members.\n  billing (2 behind)\n')
  })

  it('says that nothing answers', async () => {
    await using broker = await ToolBroker.start()
    const { code, output } = await broker.run('samsa doctor --bootstrap-server nowhere:1')
    expect(code).toBe(1)
    expect(output).toMatch(/^problem: No broker answers at nowhere:1: .*\n {2}→ Start one/)
  })
})
