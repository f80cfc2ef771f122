import { NetworkError } from '@samsa/base'
import { expect, it } from 'vitest'
import { testIo } from './command/test-io.ts'
import { checkHosts } from './known-hosts.ts'

/** A name server that knows one host, and is out of order for another. */
async function resolve(host: string): Promise<readonly string[]> {
  if (host === 'kafka') return ['10.0.0.1']
  const code = host === 'later' ? 'EAI_AGAIN' : 'ENOTFOUND'
  throw new NetworkError('HOST_NOT_FOUND', `no ${host}`, { cause: Object.assign(new Error(code), { code }) })
}

const io = testIo({ outside: { network: { resolve } as never } })
const check = (servers: string) => checkHosts({ 'bootstrap.servers': servers }, io)

it('refuses at once when there is none of the hosts', async () => {
  await expect(check('kafak:9092')).rejects.toThrow(
    "No resolvable bootstrap urls given in bootstrap.servers: there is no host kafak. Check the spelling, and that this machine's name server or hosts file knows it.",
  )
  await expect(check('kafak:9092, PLAINTEXT://[kafkaa]:9093')).rejects.toThrow('no host kafak, nor kafkaa.')
  await expect(checkHosts({ 'bootstrap.controllers': 'kafak:9093' }, io)).rejects.toThrow('kafak')
})

it.each(['kafak:9092,kafka:9092', '127.0.0.1:9092', '[::1]:9092', 'later:9092', 'kafak', ''])(
  'leaves %s to the client',
  async servers => {
    await expect(check(servers)).resolves.toBeUndefined()
  },
)
