import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start()
})
afterAll(() => broker[Symbol.asyncDispose]())

const run = (more: string) => broker.run(`kafka-features ${more}`)

describe('kafka-features', () => {
  it('shows what the cluster runs with: Samsa tells of no feature', async () => {
    expect(await run('describe')).toEqual({ code: 0, output: '', errors: '' })
    expect((await run('describe --node-id -1')).errors).toBe('Invalid node id -1: must be non-negative.\n')
  })

  it('knows what a release begins with, and what levels need', async () => {
    expect((await run('version-mapping --release-version 4.0')).output).toBe(
      'metadata.version=25 (4.0)\nkraft.version=1\ntransaction.version=2\ngroup.version=1\n' +
        'eligible.leader.replicas.version=0\nshare.version=0\nstreams.version=0\n',
    )
    const needs = await run(
      'feature-dependencies --feature eligible.leader.replicas.version=1 --feature metadata.version=31',
    )
    expect(needs.output).toBe(
      'eligible.leader.replicas.version=1 requires:\n    metadata.version=23 (4.0-IV1)\n' +
        'metadata.version=31 (4.4-IV0) has no dependencies.\n',
    )
  })

  it.each([
    ['feature-dependencies', 'Command line error: argument --feature is required. Type --help for help.'],
    ['feature-dependencies --feature share.version=7', 'No feature:share.version with feature level 7'],
    ['upgrade --feature a', "Can't parse feature=level string a: equals sign not found."],
    ['upgrade --feature a=1 --feature a=2', 'Feature a was specified more than once.'],
    ['downgrade', 'You must specify at least one feature to downgrade'],
    ['disable --feature a', '1 out of 1 operation(s) failed.'],
  ])('%s: %s', async (line, problem) => {
    const { code, errors } = await run(line)
    expect(code).toBe(1)
    expect(errors.split('\n')[0]).toBe(problem)
  })
})
