import { describe, expect, it } from 'vitest'
import { RequestOrder } from './request-order.ts'

function deferred() {
  let resolve = () => {}
  let reject = (_: Error) => {}
  const promise = new Promise<void>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

const settle = () => new Promise<void>(resolve => setImmediate(resolve))

describe('the requests of a connection', () => {
  it('are served at once while none of them is large', () => {
    const order = new RequestOrder()
    const waits = deferred()
    expect(order.serve(() => waits.promise)).toBe(waits.promise)
    expect(order.serve(() => 'second')).toBe('second')
  })

  it('wait for a large one before them, and for each large one among them, in their order', async () => {
    const order = new RequestOrder()
    const begun: string[] = []
    const [first, third] = [deferred(), deferred()]
    const large = (name: string, { promise }: ReturnType<typeof deferred>) =>
      order.serve(() => {
        begun.push(name)
        order.waitFor(promise)
        return promise.then(() => name)
      })
    const small = (name: string) =>
      order.serve(() => {
        begun.push(name)
        return name
      })
    const answers = [large('1', first), small('2'), large('3', third), small('4'), small('5')]
    await settle()
    expect(begun).toEqual(['1'])
    first.resolve()
    await settle()
    expect(begun).toEqual(['1', '2', '3'])
    answers.push(small('6'))
    third.resolve()
    expect(await Promise.all(answers)).toEqual(['1', '2', '3', '4', '5', '6'])
    expect(begun).toEqual(['1', '2', '3', '4', '5', '6'])
    expect(small('7')).toBe('7')
  })

  it('go on after one that failed', async () => {
    const order = new RequestOrder()
    const large = deferred()
    order.waitFor(large.promise)
    const failing = order.serve(() => {
      throw new Error('malformed')
    })
    const next = order.serve(() => 'next')
    large.reject(new Error('large'))
    await expect(failing).rejects.toThrow('malformed')
    expect(await next).toBe('next')
  })
})
