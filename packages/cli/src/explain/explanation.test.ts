import { errors } from '@samsa/protocol'
import { describe, expect, it } from 'vitest'
import { runCommandLine } from '../command/run-command-line.ts'
import { testIo } from '../command/test-io.ts'
import { explainCommand } from '../nouns/explain.ts'
import { allExplanations, explain } from './explanation.ts'

async function run(...words: string[]) {
  const io = testIo()
  const texts = { name: 'samsa', about: '', version: '1', help: '', nouns: {} }
  const code = await runCommandLine({ ...texts, commands: [explainCommand] }, ['explain', ...words], io)
  return { code, output: io.output(), errors: io.errors() }
}

describe('an explanation', () => {
  it.each([
    ['6', 'NOT_LEADER_OR_FOLLOWER'],
    ['-1', 'UNKNOWN_SERVER_ERROR'],
    ['not_enough_replicas', 'NOT_ENOUGH_REPLICAS'],
    ['not enough replicas', 'NOT_ENOUGH_REPLICAS'],
    ['RecordTooLargeException', 'MESSAGE_TOO_LARGE'],
    ['org.apache.kafka.common.errors.RecordTooLargeException', 'MESSAGE_TOO_LARGE'],
    ['NOT_LEADER_FOR_PARTITION', 'NOT_LEADER_OR_FOLLOWER'],
    ['RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE', 'MESSAGE_TOO_LARGE'],
    ['disconnected', 'DISCONNECTED'],
    [
      'Error while fetching metadata with correlation id 1 : {t=LEADER_NOT_AVAILABLE}',
      'LEADER_NOT_AVAILABLE',
    ],
    ['Caused by: org.apache.kafka.common.errors.TopicExistsException: it is there', 'TOPIC_ALREADY_EXISTS'],
  ])('is found for %s', (text, name) => {
    expect(explain(text)?.name).toBe(name)
  })

  it.each([
    ['Connection to node -1 (localhost/127.0.0.1:9092) could not be established.', 'ECONNREFUSED'],
    ['getaddrinfo ENOTFOUND kafka', 'ENOTFOUND'],
    ['Local: Message timed out', 'expiring records'],
    [
      'InvalidReceiveException: Invalid receive (size = 1195725856 larger than 104857600)',
      'invalid receive (size = 1195725856',
    ],
    ['Topic orders not present in metadata after 60000 ms.', 'topic not present'],
    ['CommitFailedException', 'offset commit cannot be completed'],
    ['NoBrokersAvailable', 'ECONNREFUSED'],
  ])('knows the message: %s', (text, title) => {
    expect(explain(text)?.name).toContain(title)
  })

  it('is there for every error of the protocol, with its number and what to do', () => {
    const all = allExplanations()
    expect(all).toHaveLength(Object.keys(errors).length)
    for (const { name, code, toDo } of all) {
      expect(explain(String(code))?.name).toBe(name)
      expect(toDo).toMatch(/\.$|…|NAME$|--cluster$|--list$/)
    }
  })

  it('is not made up', () => {
    for (const text of ['', 'hello', '12345', 'error']) expect(explain(text)).toBeUndefined()
  })
})

describe('samsa explain', () => {
  it('prints what, whether, and what to do', async () => {
    const { code, output } = await run('3')
    expect(code).toBe(0)
    expect(output).toMatch(
      /^UNKNOWN_TOPIC_OR_PARTITION \(3\), in Java UnknownTopicOrPartitionException\n\n {2}.*\n\n {2}Try again\? {2}Yes.*\n {2}What to do {2}.*\n$/,
    )
  })

  it('takes a number below nought', async () => {
    expect((await run('-1')).output).toContain('UNKNOWN_SERVER_ERROR (-1)')
  })

  it('--json prints one object', async () => {
    const { output } = await run('--json', 'UNKNOWN_TOPIC_OR_PARTITION')
    expect(JSON.parse(output)).toMatchObject({ code: 3, canRetry: true })
  })

  it('names the nearest error for one it does not know', async () => {
    const { code, errors: told } = await run('NOT_ENOUGH_REPLICA')
    expect(code).toBe(1)
    expect(told).toContain('Did you mean NOT_ENOUGH_REPLICAS?')
  })

  it('lists all without a word', async () => {
    const { output } = await run()
    expect(output).toContain('   6  NOT_LEADER_OR_FOLLOWER ')
    expect(output).toContain('Messages of clients:\n')
  })
})
