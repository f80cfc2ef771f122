import { ByteReader, ByteWriter, type Connection, type Logger, realWorld } from '@samsa/base'
import type { ListenerEndpoint } from '@samsa/broker'
import {
  CreateTopics,
  type CreateTopicsRequest,
  type ErrorName,
  decodeRequest,
  decodeRequestHeader,
  encodeResponse,
} from '@samsa/protocol'
import { describe, expect, it } from 'vitest'
import { createTopics } from './create-topics.ts'

const world = realWorld()

/** A node that answers CreateTopics with the given errors, one topic after the other. */
async function startNode(
  answer: (request: CreateTopicsRequest, connection: Connection) => Uint8Array[] | undefined,
) {
  const requests: CreateTopicsRequest[] = []
  const listener = await world.network.listen({ host: '127.0.0.1', port: 0 }, connection => {
    let received = new Uint8Array(0)
    const chunk = new Uint8Array(4096)
    connection.receive({
      buffer: () => chunk,
      received(count) {
        received = new Uint8Array([...received, ...chunk.subarray(0, count)])
        const reader = new ByteReader(received)
        if (received.length < 4 || received.length < reader.int32() + 4) return
        const { apiVersion } = decodeRequestHeader(reader)
        const request = decodeRequest(CreateTopics, apiVersion, reader) as CreateTopicsRequest
        requests.push(request)
        const parts = answer(request, connection)
        if (parts !== undefined) connection.write(parts)
      },
      ended: () => connection.end(),
      closed: () => {},
    })
  })
  const endpoint: ListenerEndpoint = {
    name: 'PLAINTEXT',
    securityProtocol: 'PLAINTEXT',
    bound: { host: '0.0.0.0', port: listener.address.port },
    advertised: { host: 'elsewhere', port: 1 },
    isAdvertisedAsReached: false,
  }
  return { requests, endpoint, close: () => listener.close() }
}

function answering(errors: readonly [ErrorName, string | null][]) {
  return (request: CreateTopicsRequest): Uint8Array[] => {
    const writer = new ByteWriter()
    writer.int32(0)
    writer.int32(0)
    const topics = request.topics.map(({ name }, at) => ({
      name,
      errorCode: errors[at]![0],
      errorMessage: errors[at]![1],
    }))
    encodeResponse(CreateTopics, 4, { topics } as never, writer)
    writer.patchInt32(0, writer.length - 4)
    return writer.finish()
  }
}

function loggerTo(lines: string[]): Logger {
  const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`)
  const logger: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  }
  return logger
}

const topic = (name: string, configs = {}) => ({ name, partitions: 3, replicas: 1, configs })

describe('making topics at the start', () => {
  it('asks the node itself, and says what became of each topic', async () => {
    const node = await startNode(
      answering([
        ['NONE', null],
        ['TOPIC_ALREADY_EXISTS', "Topic 'b' already exists."],
        ['INVALID_REPLICATION_FACTOR', 'There is one broker.'],
      ]),
    )
    const lines: string[] = []
    const topics = [topic('a', { 'cleanup.policy': 'compact' }), topic('b'), topic('c')]
    await createTopics({ listeners: [node.endpoint] }, topics, world, loggerTo(lines))
    await node.close()
    expect(node.requests[0]?.topics[0]).toEqual({
      name: 'a',
      numPartitions: 3,
      replicationFactor: 1,
      assignments: [],
      configs: [{ name: 'cleanup.policy', value: 'compact' }],
    })
    expect(lines).toEqual([
      'info KAFKA_CREATE_TOPICS: the topic a is made.',
      'info KAFKA_CREATE_TOPICS: the topic b is there already.',
      'warn KAFKA_CREATE_TOPICS: the topic c is not made: There is one broker. (INVALID_REPLICATION_FACTOR)',
    ])
  })

  it('warns when the node closes the connection without an answer, and lets the node run on', async () => {
    const node = await startNode((_, connection) => void connection.destroy())
    const lines: string[] = []
    await createTopics({ listeners: [node.endpoint] }, [topic('a')], world, loggerTo(lines))
    await node.close()
    expect(lines).toEqual([
      expect.stringMatching(/^warn KAFKA_CREATE_TOPICS: it is not known which topics are made: ./),
    ])
  })

  it('needs a listener without encryption and login', async () => {
    const lines: string[] = []
    await createTopics({ listeners: [] }, [topic('a')], world, loggerTo(lines))
    expect(lines).toEqual(['warn KAFKA_CREATE_TOPICS is not used: it needs a PLAINTEXT listener.'])
  })
})
