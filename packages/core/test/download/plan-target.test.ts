import { expect, test } from 'vitest'
import { parseDownloadTarget } from '../../src/download/plan-target.ts'

test.each([
  ['org/name', { modelId: 'org/name' }],
  ['gpt2:Q8_0', { modelId: 'gpt2', quantization: 'Q8_0' }],
  ['org/name:Q4_K_M', { modelId: 'org/name', quantization: 'Q4_K_M' }],
  ['org/name@v1', { modelId: 'org/name', revision: 'v1' }],
  ['org/name@refs/pr/1:UD-Q4_K_XL', { modelId: 'org/name', revision: 'refs/pr/1', quantization: 'UD-Q4_K_XL' }],
  ['hf.co/org/name:q4_k_m', { modelId: 'org/name', quantization: 'q4_k_m' }],
  ['https://huggingface.co/org/name', { modelId: 'org/name' }],
  ['https://huggingface.co/org/name:BF16', { modelId: 'org/name', quantization: 'BF16' }],
  [
    'https://huggingface.co/org/name/blob/main/x-Q8_0.gguf',
    { modelId: 'org/name', revision: 'main', include: ['x-Q8_0.gguf'] },
  ],
  ['https://huggingface.co/org/name?show_file_info=a[1].gguf', { modelId: 'org/name', include: ['a[[]1].gguf'] }],
  [
    'https://huggingface.co/org/name/resolve/main/BF16/x-00002-of-00003.gguf',
    { modelId: 'org/name', revision: 'main', include: ['BF16/x-?????-of-00003.gguf'] },
  ],
  ['https://huggingface.co/org/name/tree/main/onnx', { modelId: 'org/name', revision: 'main', include: ['onnx/'] }],
  ['http://127.0.0.1:4710/org/name/tree/dev', { modelId: 'org/name', revision: 'dev' }],
])('parseDownloadTarget() reads %s', (text, target) => {
  expect(parseDownloadTarget(text, '127.0.0.1:4710')).toEqual(target)
})

test.each([
  'org/name:',
  ':Q4_K_M',
  'org/name:Q4:Q5',
  'org/name:Q4_K_M@main',
  'org/name:Q4 K',
  'a/b/c:Q4',
  'org/name:\u001b[31m',
])('parseDownloadTarget() refuses %j', (text) => {
  expect(() => parseDownloadTarget(text)).toThrow(expect.objectContaining({ code: 'ERR_MODEL_ID' }))
})
