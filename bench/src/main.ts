// What is measured: `clients` compares clients on one broker, `embedding` a broker inside a test's process, everything
// else brokers.
if (process.argv[2] === 'clients') await import('./clients/clients.ts')
else if (process.argv[2] === 'embedding') await import('./embedding/embedding.ts')
else await import('./bench.ts')

export {}
