import { computedContent } from 'hub-emulator'
import type { Files } from '../../packages/core/test/download/stage.ts'

const MIB = 1024 * 1024

/** Of every kind a little: in git and out of it, small and large, empty, in a folder, one content under two paths. */
export const smallRepo: Files = {
  'config.json': '{"a":1}',
  'empty.txt': '',
  'tokenizer.json': { content: computedContent(200_000, 'tokenizer'), lfs: false },
  'model.safetensors': { content: computedContent(3 * MIB + 77, 'weights') },
  'copy/model.safetensors': { content: computedContent(3 * MIB + 77, 'weights') },
}
