import type { Timer } from '@samsa/base'
import type { Services } from './services.ts'

/** What is done again and again beside the traffic. Returns how to stop it. */
export function startPeriodicWork({ world, config, partitions, logger }: Services): () => void {
  const timers = new Set<Timer>()
  let isStopped = false
  const every = (delayMs: () => number, work: () => Promise<void>) => {
    const timer = world.clock.timer(delayMs(), () => {
      timers.delete(timer)
      void work()
        .catch(error => logger.error('Work in the background failed and is tried again later.', { error }))
        .finally(() => {
          if (!isStopped) every(delayMs, work)
        })
    })
    timers.add(timer)
  }
  every(
    () => config.get('log.flush.offset.checkpoint.interval.ms'),
    () => partitions.checkpoint(),
  )
  every(
    () => config.get('log.retention.check.interval.ms'),
    () => partitions.applyRetention(),
  )
  return () => {
    isStopped = true
    for (const timer of timers) timer.cancel()
  }
}
