console.log('samsa')
