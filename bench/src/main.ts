// What is measured: `clients` compares clients on one broker, everything else brokers.
if (process.argv[2] === 'clients') await import('./clients/clients.ts')
else await import('./bench.ts')

export {}
