import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { downloadSnapshot } from '../../src/download/download-snapshot.ts'
import { startTlsFronts } from '../hub/tls-front.ts'
import { stageDownload } from './stage.ts'

const WEIGHTS_BYTES = 12_000_000

test('a download over https is whole, also where a limit makes its connections wait', async () => {
  await using stage = await stageDownload({
    'config.json': '{}',
    'tokenizer.json': { size: 400_000, seed: 'tokenizer' },
    'model.safetensors': { size: WEIGHTS_BYTES, seed: 'weights' },
  })
  await using fronts = await startTlsFronts([stage.hub.endpoint, stage.hub.cdn])
  const SSL_CERT_FILE = path.join(stage.home, 'authority.pem')
  await writeFile(SSL_CERT_FILE, fronts.certificate)
  const [HF_ENDPOINT = ''] = fronts.endpoints
  const client = stage.client({ HF_ENDPOINT, SSL_CERT_FILE })
  const options = stage.options({ client, bytesPerSecond: 16_000_000, stallMs: 5000 })
  const { fetchedBytes, path: snapshot } = await downloadSnapshot('acme/tiny', options)
  expect(fetchedBytes).toBe(2 + 400_000 + WEIGHTS_BYTES)
  expect(Object.keys(await stage.cacheFiles()).filter((name) => name.includes('incomplete'))).toEqual([])
  expect(snapshot.startsWith(stage.hubCache)).toBe(true)
  // All connections came to their end by themselves: nothing was asked for twice.
  const sent = stage.hub.log.entries({ host: 'cdn' }).reduce((sum, { bytes }) => sum + bytes, 0)
  expect(sent).toBe(WEIGHTS_BYTES)
})
