// Fetches a model with Hugging Face's own JavaScript client. Words: the client's module, the Hub, the model, the cache.
import process from 'node:process'

const [client, hubUrl, repo, cacheDir] = process.argv.slice(2)
const { snapshotDownload } = await import(client)
console.debug = () => {}
await snapshotDownload({ repo, hubUrl, cacheDir })
