import { expect, test } from 'vitest'
import { formatJobRequest, type JobRequest, jobKey, parseJobRequest } from '../../../src/download/queue/job-request.ts'

const request: JobRequest = {
  endpoint: 'https://huggingface.co',
  modelId: 'acme/Tiny',
  revision: 'main',
  choice: { include: ['*.json', '*.txt'], exclude: ['a'], quantization: 'Q4_K_M' },
  whenGranted: false,
}
const commitHash = 'c'.repeat(40)

test('parseJobRequest() reads what formatJobRequest() wrote', () => {
  for (const each of [
    request,
    { ...request, commitHash, localFolder: '/models', whenGranted: true, choice: { all: true } },
    { ...request, choice: {} },
  ])
    expect(parseJobRequest(formatJobRequest(each))).toEqual(each)
})

test.each([
  '{}',
  '[]',
  'null',
  '{"choice":{}}',
  JSON.stringify({ ...request, modelId: 7 }),
  JSON.stringify({ ...request, choice: null }),
])('parseJobRequest() refuses %s', (json) => {
  expect(() => parseJobRequest(json)).toThrow(TypeError)
})

test('jobKey() is the same for what is the same work', () => {
  const same: readonly JobRequest[] = [
    { ...request, modelId: 'ACME/tiny' },
    { ...request, choice: { ...request.choice, include: ['*.txt', '*.json'] } },
    { ...request, choice: { ...request.choice, quantization: 'q4_k_m', all: false } },
    { ...request, whenGranted: true },
  ]
  for (const each of same) expect(jobKey(each)).toBe(jobKey(request))
  expect(jobKey({ ...request, commitHash, revision: 'v1' })).toBe(jobKey({ ...request, commitHash }))
})

test('jobKey() is another for other work', () => {
  const others: readonly JobRequest[] = [
    request,
    { ...request, modelId: 'acme/other' },
    { ...request, revision: 'v1' },
    { ...request, commitHash },
    { ...request, endpoint: 'http://127.0.0.1:1' },
    { ...request, localFolder: '/models' },
    { ...request, choice: {} },
    { ...request, choice: { all: true } },
    { ...request, choice: { include: [] } },
    { ...request, choice: { ...request.choice, quantization: 'Q8_0' } },
    { ...request, choice: { ...request.choice, exclude: ['b'] } },
  ]
  expect(new Set(others.map(jobKey)).size).toBe(others.length)
})
