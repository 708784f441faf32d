import { expect, test } from 'vitest'
import { isModelId, parseModelReference } from '../../src/hub/model-id.ts'

test.each([
  ['openai/gpt-oss-20b', { modelId: 'openai/gpt-oss-20b' }],
  ['gpt2', { modelId: 'gpt2' }],
  ['  acme/tiny@v1.0 ', { modelId: 'acme/tiny', revision: 'v1.0' }],
  ['acme/tiny@refs/pr/1', { modelId: 'acme/tiny', revision: 'refs/pr/1' }],
  ['https://huggingface.co/openai/gpt-oss-20b', { modelId: 'openai/gpt-oss-20b' }],
  ['https://huggingface.co/openai/gpt-oss-20b/tree/main?x=1#top', { modelId: 'openai/gpt-oss-20b', revision: 'main' }],
  ['huggingface.co/gpt2', { modelId: 'gpt2' }],
  ['https://hf.co/a/b/blob/refs%2Fpr%2F1/config.json', { modelId: 'a/b', revision: 'refs/pr/1', path: 'config.json' }],
  [
    'https://hf.co/a/b/resolve/main/x/y%20z.gguf?download=true',
    { modelId: 'a/b', revision: 'main', path: 'x/y z.gguf' },
  ],
  ['https://hf.co/a/b/raw/main/c.txt', { modelId: 'a/b', revision: 'main', path: 'c.txt' }],
  ['https://hf.co/a/b/tree/main/BF16/', { modelId: 'a/b', revision: 'main', path: 'BF16/' }],
  ['https://hf.co/a/b?show_file_info=x-Q8_0.gguf', { modelId: 'a/b', path: 'x-Q8_0.gguf' }],
  ['https://hf.co/a/b/discussions/1', { modelId: 'a/b' }],
] as const)('parseModelReference() reads %s', (input, reference) => {
  expect(parseModelReference(input)).toEqual(reference)
})

test.each([
  '',
  'a/b/c',
  '../etc',
  'a--b/c',
  'a/b.git',
  '-a/b',
  'a/\u001B[31m',
  'https://evil.example/a/b',
  'https://huggingface.co/datasets/a/b',
  'x'.repeat(97),
  'a b',
])('parseModelReference() refuses %j and prints no control character', (input) => {
  // oxlint-disable-next-line no-control-regex -- none may be printed
  expect(() => parseModelReference(input)).toThrow(
    expect.objectContaining({
      code: 'ERR_MODEL_ID',
      message: expect.not.stringMatching(/\p{Cc}/u) as string,
    }) as Error,
  )
})

test.each([
  ['https://huggingface.co/datasets/a/b', 'dataset'],
  ['hf.co/spaces/a/b', 'space'],
  ['datasets/a/b', 'dataset'],
])('parseModelReference() says of %s that it is a %s', (input, kind) => {
  expect(() => parseModelReference(input)).toThrow(`: it is a ${kind}, and only models can be had here`)
})

test('isModelId() follows the limits of the Hub', () => {
  expect(isModelId('a'.repeat(96))).toBe(true)
  expect(isModelId(`${'a'.repeat(96)}b`)).toBe(false)
})
